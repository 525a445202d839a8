import { describe, expect, test } from 'vitest'
import { toWei } from '../protocol/wei.ts'
import type { Unposted } from './posting.ts'
import { choosePosting, isEndDue } from './posting.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const thrift = { minAgeMs: 10 * MINUTE, maxAgeMs: DAY, costMultiple: 50n }

function choose(change: Partial<Unposted>) {
  const quiet = {
    total: toWei(100n),
    posted: toWei(0n),
    bond: toWei(1_000n),
    ageMs: 0,
    isDue: false,
    isEnd: false,
  }
  return choosePosting({ ...quiet, postDelayMs: DAY, cost: toWei(10n), ...change }, thrift)
}

describe('an open epoch', () => {
  test('waits while little is unposted, for a short time, at a high price', () =>
    expect(choose({})).toBe('wait'))

  test('is posted at a quarter of the bond, and not a wei before', () => {
    expect(choose({ total: toWei(249n) })).toBe('wait')
    expect(choose({ total: toWei(250n) })).toBe('post')
  })

  test('that is earned slowly is posted when half the bond would be reached in a minute', () => {
    const slow = { ageMs: 60 * MINUTE, cost: undefined }
    expect(choose({ ...slow, total: toWei(491n) })).toBe('wait')
    expect(choose({ ...slow, total: toWei(492n) })).toBe('post')
  })

  test('is posted again when a quarter of the bond came since the last post', () => {
    expect(choose({ total: toWei(700n), posted: toWei(451n) })).toBe('wait')
    expect(choose({ total: toWei(700n), posted: toWei(450n) })).toBe('post')
  })

  test('is posted when something has been unposted for a day, whatever it costs', () => {
    expect(choose({ total: toWei(1n), ageMs: DAY - 1 })).toBe('wait')
    expect(choose({ total: toWei(1n), ageMs: DAY })).toBe('post')
  })

  test('is posted when that brings fifty times its cost, but not all the time', () => {
    const cheap = { cost: toWei(2n) }
    expect(choose({ ...cheap, ageMs: 10 * MINUTE })).toBe('post')
    expect(choose({ ...cheap, ageMs: 10 * MINUTE - 1 })).toBe('wait')
    expect(choose({ ...cheap, ageMs: 10 * MINUTE, total: toWei(99n) })).toBe('wait')
  })

  test('of a token is never weighed against gas', () => {
    expect(choose({ cost: undefined, ageMs: DAY - 1 })).toBe('wait')
  })

  test('ends with its post where it could hardly be posted a second time', () => {
    expect(choose({ total: toWei(250n), postDelayMs: 3_000 })).toBe('end')
    expect(choose({ total: toWei(250n), postDelayMs: 20 * MINUTE })).toBe('end')
  })

  test('ends with the job, or when what is posted of it becomes final soon, also without anything new', () => {
    expect(choose({ isEnd: true })).toBe('end')
    expect(choose({ isDue: true, posted: toWei(100n) })).toBe('end')
  })

  test('in which nothing was earned is nothing to do', () => {
    expect(choose({ isEnd: true, isDue: true, total: toWei(0n), ageMs: DAY })).toBe('wait')
  })
})

test('an epoch on chain must end before half of its delay is over, and never too late for a slow transaction', () => {
  expect([isEndDue(51_841, 86_400), isEndDue(51_840, 86_400)]).toEqual([false, true])
  expect([isEndDue(301, 400), isEndDue(300, 400)]).toEqual([false, true])
  expect(isEndDue(3, 3)).toBe(true)
})
