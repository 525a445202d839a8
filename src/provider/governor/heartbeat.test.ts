import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeat } from './heartbeat.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Beats for five seconds, in each of which the page is blocked once for so long. */
async function feel(blockedMs: number, isVisible = true): Promise<boolean> {
  const end = new AbortController()
  let lostMs = 0
  const heartbeat = new Heartbeat(() => performance.now() + lostMs)
  heartbeat.beat(() => isVisible, end.signal)
  for (let second = 0; second < 5; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000)
    lostMs += blockedMs // the clock goes on while no timer fires
  }
  await vi.advanceTimersByTimeAsync(100)
  end.abort()
  return heartbeat.isLate()
}

test('a page that is blocked for more than a twentieth of the time stutters', async () => {
  expect(await feel(0)).toBe(false)
  expect(await feel(40)).toBe(false)
  expect(await feel(120)).toBe(true)
  expect(await feel(500)).toBe(true)
})

test('a hidden page is not felt', async () => {
  expect(await feel(500, false)).toBe(false)
})

test('the next judgement begins anew, and too short a time says nothing', async () => {
  const end = new AbortController()
  let lostMs = 0
  const heartbeat = new Heartbeat(() => performance.now() + lostMs)
  heartbeat.beat(() => true, end.signal)
  await vi.advanceTimersByTimeAsync(1_000)
  lostMs += 900
  await vi.advanceTimersByTimeAsync(1_000)
  expect(heartbeat.isLate()).toBe(true)
  await vi.advanceTimersByTimeAsync(200)
  lostMs += 300
  await vi.advanceTimersByTimeAsync(100)
  expect(heartbeat.isLate()).toBe(false)
  end.abort()
})
