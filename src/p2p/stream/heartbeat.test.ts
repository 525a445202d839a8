import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Heartbeat } from './heartbeat.ts'

let pings = 0
let deaths = 0
const ports = {
  ping: () => {
    pings += 1
  },
  onDead: () => {
    deaths += 1
  },
}

beforeEach(() => {
  pings = 0
  deaths = 0
  vi.useFakeTimers()
})

afterEach(() => void vi.useRealTimers())

test('a side that keeps talking is never asked', () => {
  const heartbeat = new Heartbeat({ idleMs: 1_000, answerMs: 500 }, ports)
  for (let i = 0; i < 20; i += 1) {
    vi.advanceTimersByTime(400)
    heartbeat.heard()
  }
  expect([pings, deaths]).toEqual([0, 0])
  heartbeat.stop()
})

test('a silent side is asked, and lives on when it answers', () => {
  const heartbeat = new Heartbeat({ idleMs: 1_000, answerMs: 500 }, ports)
  vi.advanceTimersByTime(1_100)
  heartbeat.heard()
  expect(pings).toBe(1)
  vi.advanceTimersByTime(800)
  expect([pings, deaths]).toEqual([1, 0])
  heartbeat.stop()
})

test('a side that does not answer is dead, once', () => {
  const heartbeat = new Heartbeat({ idleMs: 1_000, answerMs: 500 }, ports)
  vi.advanceTimersByTime(1_400)
  expect(deaths).toBe(0)
  vi.advanceTimersByTime(5_000)
  expect([pings, deaths]).toEqual([1, 1])
  heartbeat.stop()
})

test('a clock that stood still proves nothing: it asks again', () => {
  const heartbeat = new Heartbeat({ idleMs: 1_000, answerMs: 500 }, ports)
  vi.advanceTimersByTime(1_000)
  vi.setSystemTime(Date.now() + 60_000)
  vi.advanceTimersByTime(500)
  expect([pings, deaths]).toEqual([2, 0])
  vi.advanceTimersByTime(500)
  expect(deaths).toBe(1)
  heartbeat.stop()
})
