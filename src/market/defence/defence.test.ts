import { expect, test } from 'vitest'
import type { Hex } from '../../protocol/bytes.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Leg, Waiting } from './defence.ts'
import { mayChallenge, mayPostMyself, shortfall } from './defence.ts'

const root = (digit: string): Hex => `0x${digit.repeat(64)}`
const NOTHING = { next: 0, settled: 0n, compensated: 0n }
const leg = (epoch: number, change: Partial<Leg>): Leg => ({
  epoch,
  amount: 0n,
  earned: 0n,
  final: undefined,
  ...change,
})

test.each<[string, readonly Leg[], bigint]>([
  ['what is not final yet is not missing', [leg(0, { amount: 10n, earned: 10n })], 0n],
  [
    'a final epoch that pays what was promised lacks nothing',
    [leg(0, { amount: 10n, earned: 10n, final: 10n })],
    0n,
  ],
  ['what a final epoch pays less is missing', [leg(0, { amount: 10n, earned: 10n, final: 4n })], 6n],
  ['a final epoch that pays more lacks nothing', [leg(0, { amount: 10n, earned: 10n, final: 14n })], 0n],
  [
    'what the next epoch promises anew is not missing',
    [leg(0, { amount: 10n, earned: 10n, final: 4n }), leg(1, { amount: 8n, earned: 12n })],
    0n,
  ],
  [
    'new work that is promised does not hide what is missing once it is final',
    [leg(0, { amount: 10n, earned: 10n, final: 4n }), leg(1, { amount: 9n, earned: 19n, final: 9n })],
    6n,
  ],
  [
    'a first epoch that claims to have paid before has not',
    [leg(0, { amount: 10n, earned: 100n, final: 10n })],
    90n,
  ],
  [
    'an epoch that was never heard of may have paid what the next one says',
    [leg(0, { amount: 10n, earned: 10n, final: 10n }), leg(2, { amount: 5n, earned: 40n, final: 5n })],
    0n,
  ],
])('%s', (_, legs, missing) => {
  expect(shortfall(NOTHING, legs)).toBe(missing)
})

test('what is over and what the bond has paid count', () => {
  const legs = [leg(3, { amount: 10n, earned: 110n, final: 0n })]
  expect(shortfall({ next: 3, settled: 100n, compensated: 0n }, legs)).toBe(10n)
  expect(shortfall({ next: 3, settled: 100n, compensated: 10n }, legs)).toBe(0n)
})

const waiting: Waiting = {
  statement: { epoch: 2, root: root('a'), seq: 5, total: toWei(100n) },
  onChain: undefined,
  job: { state: 'open', epochs: 2, closeAt: 0 },
  isFormerDone: true,
  terms: { postDelay: 100, closeDelay: 100 },
  now: 1_000,
  ageMs: 1_000,
  maxAgeMs: 60_000,
  isAway: false,
}
const onChain = { root: root('b'), seq: 4, total: toWei(90n), finalAt: 1_040 }

test.each<[string, Partial<Waiting>, string | undefined]>([
  ['a fresh promise of a publisher that is there is left to its settler', {}, undefined],
  ['one that waits too long is posted', { ageMs: 60_000 }, 'the settler has not posted it in time'],
  ['one of a publisher that is gone is posted', { isAway: true }, 'the publisher is gone'],
  [
    'not before the epoch before it is there',
    { isAway: true, job: { ...waiting.job, epochs: 1 } },
    undefined,
  ],
  ['not before the epoch before it is complete', { isAway: true, isFormerDone: false }, undefined],
  [
    'late in the close of the job it is posted',
    { job: { state: 'closing', epochs: 2, closeAt: 1_050 } },
    'the job closes',
  ],
  [
    'early in the close it is left to the settler',
    { job: { state: 'closing', epochs: 2, closeAt: 1_051 } },
    undefined,
  ],
  [
    'after the close nothing can be begun',
    { isAway: true, job: { state: 'closing', epochs: 2, closeAt: 1_000 } },
    undefined,
  ],
  [
    'a closed job takes nothing',
    { isAway: true, job: { state: 'closed', epochs: 2, closeAt: 1 } },
    undefined,
  ],
  [
    'an older statement is replaced before it is final',
    { onChain },
    'an older statement is about to become final',
  ],
  ['not while its settler has time for it', { onChain: { ...onChain, finalAt: 1_051 } }, undefined],
  ['not when it is final', { onChain: { ...onChain, finalAt: 1_000 } }, undefined],
  ['not when it is as new', { onChain: { ...onChain, seq: 5 } }, undefined],
  ['not when it is the same', { onChain: { ...onChain, root: root('a') } }, undefined],
  [
    'not when its total is higher: the escrow refuses that',
    { onChain: { ...onChain, total: toWei(101n) } },
    undefined,
  ],
])('%s', (_, change, why) => {
  expect(mayPostMyself({ ...waiting, ...change })).toBe(why)
})

const broken = {
  statement: { root: root('a'), seq: 5 },
  onChain: { ...onChain, seq: 4, finalAt: 1_000 },
  isKnown: true,
  challengeDelay: 100,
  now: 1_000,
}

test('a stale post is challenged only when half of the time has passed without a new promise', () => {
  expect([1_000, 1_049, 1_050, 1_099, 1_100].map((now) => mayChallenge({ ...broken, now }))).toEqual([
    false,
    false,
    true,
    true,
    false,
  ])
})

test('another tree of the same or a newer number is challenged at once, but not before it is final', () => {
  const lie = { ...broken, onChain: { ...broken.onChain, seq: 5 } }
  expect(mayChallenge(lie)).toBe(true)
  expect(mayChallenge({ ...lie, now: 999 })).toBe(false)
  expect(mayChallenge({ ...lie, now: 1_100 })).toBe(false)
  const newer = { ...broken, onChain: { ...broken.onChain, seq: 6 } }
  expect(mayChallenge(newer)).toBe(true)
  expect(mayChallenge({ ...newer, isKnown: false })).toBe(false)
})
