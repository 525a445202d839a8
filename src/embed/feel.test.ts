import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { feel } from './feel.ts'

/** The page around the frame: its frames come when the test lets them, by the clock of the test. */
const page = Object.assign(new EventTarget(), { frame: (_: number): unknown => undefined })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.stubGlobal('document', page)
  vi.stubGlobal('requestAnimationFrame', (frame: (now: number) => void) => {
    page.frame = frame
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Lets frames come for so long, each so late. */
function pass(totalMs: number, frameMs: number): void {
  for (let left = totalMs; left > 0; left -= frameMs) {
    vi.advanceTimersByTime(frameMs)
    page.frame(performance.now())
  }
}

test('a page whose frames come late is told of every five seconds, a smooth one is not', () => {
  let told = 0
  feel(
    () => true,
    () => {
      told += 1
    },
  )
  pass(20_000, 67)
  expect(told).toBe(0)
  pass(21_000, 300)
  expect(told).toBe(4)
})

test('the time in which the page was hidden says nothing, and nothing is felt that is not wanted', () => {
  let told = 0
  let isWanted = true
  feel(
    () => isWanted,
    () => {
      told += 1
    },
  )
  pass(1_000, 67)
  page.dispatchEvent(new Event('visibilitychange'))
  pass(60_000, 60_000)
  pass(6_000, 67)
  expect(told).toBe(0)
  isWanted = false
  pass(30_000, 300)
  expect(told).toBe(0)
})
