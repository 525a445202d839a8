import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Announcer } from './announcer.svelte.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the first sentence is said at once, later ones at most every five seconds, the newest of them', () => {
  const announcer = new Announcer()
  announcer.say('one')
  expect(announcer.sentence).toBe('one')
  announcer.say('two')
  announcer.say('three')
  vi.advanceTimersByTime(4999)
  expect(announcer.sentence).toBe('one')
  vi.advanceTimersByTime(1)
  expect(announcer.sentence).toBe('three')
  announcer.say('four')
  expect(announcer.sentence).toBe('three')
  vi.advanceTimersByTime(5000)
  expect(announcer.sentence).toBe('four')
})

test('nothing is said again when nothing changed', () => {
  const announcer = new Announcer()
  announcer.say('one')
  vi.advanceTimersByTime(20_000)
  expect(vi.getTimerCount()).toBe(0)
  announcer.say('two')
  expect(announcer.sentence).toBe('two')
})
