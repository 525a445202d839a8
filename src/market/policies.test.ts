import { expect, test } from 'vitest'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { Wei } from '../protocol/wei.ts'
import { objectionTo, rankJobs } from './choose-job.ts'
import { isDistrusted } from './distrust.ts'
import { MAX_UNPAID_UNITS, MAX_UNPAID_WORK_MS, mayGoOn, STATEMENT_INTERVAL_MS } from './exposure.ts'
import { foldSpeed, frameUnits } from './frame-size.ts'

const job = (letter: string, price: bigint) => ({
  jobId: `0x${letter.repeat(64)}` as Hex,
  publisher: `0x${letter.repeat(40)}` as Address,
  price: price as Wei,
  token: ZERO_ADDRESS,
})
const taste = { minPrice: 0n as Wei, skippedJobs: [], skippedPublishers: [], tokens: [] }

test('a provider stops at too many unsigned units, or when the oldest waited two intervals', () => {
  expect(
    mayGoOn({ units: MAX_UNPAID_UNITS - 1, workMs: 1e9, oldestAt: 0 }, 2 * STATEMENT_INTERVAL_MS - 1),
  ).toBe(true)
  expect(mayGoOn({ units: MAX_UNPAID_UNITS, workMs: MAX_UNPAID_WORK_MS, oldestAt: undefined }, 0)).toBe(false)
  expect(mayGoOn({ units: 10_000, workMs: MAX_UNPAID_WORK_MS - 1, oldestAt: undefined }, 0)).toBe(true)
  expect(mayGoOn({ units: 1, workMs: 0, oldestAt: 0 }, 2 * STATEMENT_INTERVAL_MS)).toBe(false)
})

test('jobs are ranked by price, and those that the visitor does not want are left out', () => {
  const jobs = [job('a', 1n), job('b', 3n), job('c', 3n), job('d', 2n)]
  expect(rankJobs(jobs, { ...taste, minPrice: 2n as Wei }).map((entry) => entry.jobId[2])).toEqual([
    'b',
    'c',
    'd',
  ])
  expect(objectionTo(job('a', 1n), { ...taste, minPrice: 2n as Wei })).toBe('below-minimum')
  expect(objectionTo(job('a', 1n), { ...taste, skippedJobs: [job('a', 1n).jobId] })).toBe('skipped')
  expect(objectionTo(job('a', 1n), { ...taste, skippedPublishers: [job('a', 1n).publisher] })).toBe('skipped')
})

test('of equal prices every publisher has one job ranked before the second of any', () => {
  const many = ['a', 'b', 'c'].map((letter) => ({ ...job(letter, 2n), publisher: job('a', 2n).publisher }))
  const ranked = rankJobs([...many, job('d', 2n), job('e', 1n), job('f', 3n)], taste)
  expect(ranked.map((entry) => entry.jobId[2])).toEqual(['f', 'a', 'd', 'b', 'c', 'e'])
})

test('a token is worked for only where it is accepted, after the coin, and no price in coins counts for it', () => {
  const [one, two] = [`0x${'1'.repeat(40)}` as Address, `0x${'2'.repeat(40)}` as Address]
  const jobs = [
    { ...job('a', 9n), token: two },
    { ...job('b', 1n), token: one },
    { ...job('c', 2n), token: one },
    job('d', 5n),
  ]
  const wish = { ...taste, minPrice: 5n as Wei, tokens: [one] }
  expect(jobs.map((entry) => objectionTo(entry, wish))).toEqual([
    'other-token',
    undefined,
    undefined,
    undefined,
  ])
  const ranked = rankJobs(jobs, { ...wish, tokens: [two, one] })
  expect(ranked.map((entry) => entry.jobId[2])).toEqual(['d', 'a', 'c', 'b'])
})

test('a frame holds one unit until the speed is known, then about 35 ms of work', () => {
  expect(frameUnits(undefined, 64)).toBe(1)
  expect(frameUnits(7, 64)).toBe(5)
  expect(frameUnits(500, 64)).toBe(1)
  expect(frameUnits(0.001, 64)).toBe(512)
  expect(frameUnits(0.001, 65_536)).toBe(16)
})

test('the speed follows what is measured', () => {
  expect(foldSpeed(undefined, 100, 10)).toBe(10)
  expect(foldSpeed(10, 20, 1)).toBeCloseTo(12.5)
})

test('a payee is given up after five rejected results that outnumber the accepted ones', () => {
  expect(isDistrusted({ accepted: 0, rejected: 4 })).toBe(false)
  expect(isDistrusted({ accepted: 0, rejected: 5 })).toBe(true)
  expect(isDistrusted({ accepted: 5, rejected: 5 })).toBe(false)
  expect(isDistrusted({ accepted: 5, rejected: 6 })).toBe(true)
})
