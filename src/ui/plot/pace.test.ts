import { expect, test } from 'vitest'
import { Pace, perMinute, rates } from './pace.svelte.ts'

const steady = Array.from({ length: 31 }, (_, second) => ({ at: second * 1000, count: second * 2 }))

test('two results a second are 120 a minute from the first point on', () => {
  const points = rates(steady)
  expect(points).toHaveLength(30)
  for (const point of points) expect(point.perMinute).toBeCloseTo(120)
})

test('a stop shows within the window and falls to nothing after it', () => {
  const stopped = [
    ...steady,
    ...Array.from({ length: 20 }, (_, second) => ({ at: (31 + second) * 1000, count: 60 })),
  ]
  const points = rates(stopped)
  expect(points.at(31)?.perMinute).toBeLessThan(120)
  expect(points.at(-1)?.perMinute).toBe(0)
})

test('a count that starts again, as after another key, never gives a negative rate', () => {
  expect(
    rates([
      { at: 0, count: 50 },
      { at: 1000, count: 0 },
    ]),
  ).toEqual([{ at: 1000, perMinute: 0 }])
})

test('the table holds the mean of each minute, newest first', () => {
  const points = [
    { at: 1000, perMinute: 10 },
    { at: 2000, perMinute: 20 },
    { at: 61_000, perMinute: 40 },
  ]
  expect(perMinute(points)).toEqual([
    { at: 60_000, perMinute: 40 },
    { at: 0, perMinute: 15 },
  ])
})

test('a quarter of an hour is kept, not more', () => {
  const pace = new Pace()
  for (let second = 0; second < 1000; second += 1) pace.record({ at: second * 1000, count: second })
  expect(pace.samples).toHaveLength(900)
  expect(pace.samples.at(-1)?.count).toBe(999)
  expect(pace.now).toBeCloseTo(60)
})
