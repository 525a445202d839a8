import { expect, test } from 'vitest'
import type { Earned } from '../chain/wallet-payments.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { toWei } from '../protocol/wei.ts'
import type { HistoryEntry, PayPart } from '../provider/state.ts'
import { listResults, placePayments } from './results.ts'

const jobId: Hex = `0x${'7'.repeat(64)}`
const hash = (n: number): Hex => `0x${String(n).repeat(64)}`

function entry(unit: number, kind: HistoryEntry['kind'], place?: number): HistoryEntry {
  return {
    at: 0,
    jobId,
    jobName: 'Squares',
    unit,
    kind,
    code: undefined,
    price: toWei(10n),
    token: ZERO_ADDRESS,
    why: '',
    before: place === undefined ? undefined : BigInt(place) * 10n,
  }
}
function part(stage: PayPart['stage'], amount: number, epoch?: number): PayPart {
  return { jobId, epoch, amount: toWei(BigInt(amount)), stage, finalAt: stage === 'posted' ? 99 : 0 }
}
function payment(epoch: number, amount: number): Earned {
  return {
    account: ZERO_ADDRESS,
    jobId,
    epoch,
    amount: toWei(BigInt(amount)),
    token: undefined,
    hash: hash(epoch),
    at: 0,
  }
}

/** The newest comes first, as the history tells it: unit 100 was accepted first. */
const accepted = (count: number): HistoryEntry[] =>
  Array.from({ length: count }, (_, place) => entry(100 + place, 'accepted', place)).reverse()

test('each result says why it is not paid, or by which transaction it was', () => {
  const history = [entry(1, 'delivered'), entry(2, 'rejected'), entry(3, 'failed'), ...accepted(8)]
  const parts = [
    part('promised', 10, 5),
    part('paid', 10),
    part('paid', 20, 1),
    part('posted', 10, 4),
    part('claimable', 10, 3),
    part('inTransit', 10, 2),
  ]
  const earned = [payment(1, 20), payment(0, 10)]
  expect(listResults(history, parts, earned).map(({ unit, pay }) => [unit, pay])).toEqual([
    [1, { kind: 'waiting' }],
    [2, { kind: 'rejected' }],
    [3, { kind: 'failed' }],
    [107, { kind: 'unsigned' }],
    [106, { kind: 'promised' }],
    [105, { kind: 'posted', finalAt: 99 }],
    [104, { kind: 'claimable' }],
    [103, { kind: 'inTransit' }],
    [102, { kind: 'paid', hash: hash(1) }],
    [101, { kind: 'paid', hash: hash(1) }],
    [100, { kind: 'paid', hash: hash(0) }],
  ])
})

test('a result is one row: what was decided takes the place of its delivery', () => {
  const rows = listResults([entry(100, 'accepted', 0), entry(100, 'delivered')], [], [])
  expect(rows.map(({ kind, pay }) => [kind, pay.kind])).toEqual([['accepted', 'unsigned']])
})

test('a result that money reaches in part is not covered yet, and one without a price is free', () => {
  expect(listResults(accepted(2), [part('paid', 19)], []).map(({ pay }) => pay.kind)).toEqual([
    'unsigned',
    'paid',
  ])
  const gift = { ...entry(1, 'accepted', 0), price: toWei(0n) }
  expect(listResults([gift], [], [])[0]?.pay.kind).toBe('free')
})

test('what a final statement lacks is said so, and does not pay anything', () => {
  const parts = [part('void', 20, 0), part('promised', 10, 1)]
  expect(listResults(accepted(2), parts, []).map(({ pay }) => pay.kind)).toEqual(['lacking', 'promised'])
})

test('where older payments are not listed, those that are pay what came later', () => {
  const places = placePayments(accepted(6), [part('paid', 50)], [payment(4, 20), payment(3, 10)])
  expect(places.map(({ epoch, from, to }) => [epoch, from, to])).toEqual([
    [3, 20n, 30n],
    [4, 30n, 50n],
  ])
  expect(listResults(accepted(6), [part('paid', 50)], [payment(4, 20)]).map(({ pay }) => pay)).toEqual([
    { kind: 'unsigned' },
    { kind: 'paid', hash: hash(4) },
    { kind: 'paid', hash: hash(4) },
    ...Array.from({ length: 3 }, () => ({ kind: 'paid', hash: undefined })),
  ])
})

test('of any sums, as many results are paid as the paid sum reaches for, and none twice', () => {
  let seed = 3
  const random = (most: number): number => {
    seed = (seed * 48_271) % 0x7fffffff
    return seed % most
  }
  for (let run = 0; run < 200; run += 1) {
    const earned = Array.from({ length: random(5) }, (_, epoch) => payment(epoch, 10 * random(6)))
    const paid = earned.reduce((all, { amount }) => all + Number(amount), 0)
    const parts = [part('paid', paid), part('promised', random(60), 9)]
    const rows = listResults(accepted(20), parts, earned)
    expect(rows.filter(({ pay }) => pay.kind === 'paid')).toHaveLength(Math.min(20, paid / 10))
    for (const one of placePayments(accepted(20), parts, earned)) {
      const units = rows.filter(({ pay }) => pay.kind === 'paid' && pay.hash === one.hash).length
      const [from, to] = [one.from, one.to].map((sum) => Math.min(20, Number(sum) / 10))
      expect(units).toBe((to ?? 0) - (from ?? 0))
    }
  }
})
