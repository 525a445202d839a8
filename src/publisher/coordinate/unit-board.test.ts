import { expect, test } from 'vitest'
import type { Address } from '../../protocol/address.ts'
import type { Digest, Hex } from '../../protocol/bytes.ts'
import type { BoardVote } from './unit-board.ts'
import { UnitBoard } from './unit-board.ts'

const payee = (n: number): Address => `0x${String(n).padStart(40, '0')}` as Address
const vote = (n: number, letter: string, isOwn = false): BoardVote => {
  const digest = letter.repeat(64) as Digest
  const jobId: Hex = `0x${'1'.repeat(64)}`
  const evidence = {
    jobId,
    payee: payee(n),
    account: payee(n),
    units: [],
    digests: [],
    signature: new Uint8Array(65),
  }
  return { payee: payee(n), account: payee(n), digest, isOwn, executor: 'wasm', evidence }
}
const board = (size: number) => new UnitBoard(size, { quorum: 2, replicas: 5 })

test('two payees get the same units first, a third gets the next ones', () => {
  const units = board(4)
  expect(units.take(payee(1), 2)).toEqual([0, 1])
  expect(units.take(payee(2), 2)).toEqual([0, 1])
  expect(units.take(payee(3), 9)).toEqual([2, 3])
  expect(units.counts).toMatchObject({ open: 0, leased: 4 })
})

test('of units that nobody has begun only so many are handed out; those begun are free to others', () => {
  const units = board(4)
  expect(units.take(payee(1), 9, 2)).toEqual([0, 1])
  expect(units.take(payee(2), 9, 0)).toEqual([0, 1])
  expect(units.take(payee(2), 9, 1)).toEqual([2])
  units.giveBack(2, payee(2))
  expect(units.take(payee(1), 9, 0)).toEqual([])
  expect(units.take(payee(1), 9, 2)).toEqual([2, 3])
})

test('a unit never goes twice to one payee', () => {
  const units = board(2)
  expect(units.take(payee(1), 9)).toEqual([0, 1])
  expect(units.take(payee(1), 9)).toEqual([])
  units.vote(0, vote(1, 'a'))
  units.giveBack(1, payee(1))
  expect(units.take(payee(1), 9)).toEqual([1])
})

test('a unit given back goes to a payee whose walk has passed it', () => {
  const units = board(3)
  units.take(payee(1), 9)
  units.take(payee(2), 9)
  expect(units.take(payee(3), 9)).toEqual([])
  units.giveBack(1, payee(1))
  expect(units.take(payee(3), 9)).toEqual([1])
})

test('a failed unit is not offered to the same payee again', () => {
  const units = board(1)
  units.take(payee(1), 1)
  units.giveBack(0, payee(1), 'failed')
  expect(units.take(payee(1), 1)).toEqual([])
  expect(units.take(payee(2), 1)).toEqual([0])
})

test('a disagreement leases the unit to a third payee and the loser is named', () => {
  const units = board(1)
  for (const n of [1, 2, 3]) units.take(payee(n), 1)
  units.vote(0, vote(1, 'a'))
  expect(units.vote(0, vote(2, 'b')).kind).toBe('waiting')
  expect(units.take(payee(1), 1)).toEqual([])
  expect(units.take(payee(3), 1)).toEqual([0])
  const result = units.vote(0, vote(3, 'b'))
  expect(result.kind).toBe('accepted')
  expect(result.winners.map((entry) => entry.payee)).toEqual([payee(2), payee(3)])
  expect(result.losers.map((entry) => entry.payee)).toEqual([payee(1)])
  expect(units.isDecided).toBe(true)
})

test('a late equal result wins too, a late different one loses', () => {
  const units = board(1)
  units.vote(0, vote(1, 'a'))
  units.vote(0, vote(2, 'a'))
  expect(units.vote(0, vote(3, 'a'))).toMatchObject({ kind: 'late', winners: [{ payee: payee(3) }] })
  expect(units.vote(0, vote(4, 'b'))).toMatchObject({ kind: 'late', losers: [{ payee: payee(4) }] })
})

test('the publisher is asked only when nobody else is left, or after long', () => {
  const units = board(2)
  units.take(payee(1), 9)
  units.vote(0, vote(1, 'a'), 1000)
  expect(units.needOpinion([payee(1), payee(2)], { waitedBefore: 1001, stuckBefore: 0, max: 9 })).toEqual([])
  expect(units.needOpinion([payee(1)], { waitedBefore: 1001, stuckBefore: 0, max: 9 })).toEqual([0])
  expect(units.needOpinion([payee(1), payee(2)], { waitedBefore: 0, stuckBefore: 1001, max: 9 })).toEqual([0])
  units.take(payee(2), 1)
  expect(units.needOpinion([payee(1)], { waitedBefore: 1001, stuckBefore: 0, max: 9 })).toEqual([])
})

test('three different answers dispute the unit and nobody wins', () => {
  const units = board(1)
  units.vote(0, vote(1, 'a'))
  units.vote(0, vote(2, 'b'))
  const result = units.vote(0, vote(3, 'c'))
  expect(result.kind).toBe('disputed')
  expect(result.winners).toEqual([])
  expect(result.losers).toHaveLength(3)
})

test('counts always add up to the number of units', () => {
  const units = board(5)
  units.take(payee(1), 3)
  units.take(payee(2), 4)
  units.vote(0, vote(1, 'a'))
  units.vote(0, vote(2, 'a'))
  units.giveBack(1, payee(1))
  units.pay(0)
  const sum = Object.values(units.counts).reduce((total, count) => total + count, 0)
  expect(sum).toBe(5)
  expect(units.counts).toMatchObject({ paid: 1, leased: 3, open: 1 })
})
