import { expect, test } from 'vitest'
import { steadyRate } from './e2e-verified.ts'

test('the steady rate leaves the first and the last tenth out', () => {
  const even = Array.from({ length: 100 }, (_, unit) => unit * 2)
  expect(steadyRate(even)).toBeCloseTo(500)
  const slowEnds = even.map((time, unit) => (unit < 10 ? time - 9_000 : unit >= 90 ? time + 9_000 : time))
  expect(steadyRate(slowEnds)).toBeCloseTo(500)
})

test('results that all come at once cannot be timed', () => {
  expect(() => steadyRate([5, 5, 5, 5])).toThrow('too few results')
  expect(() => steadyRate([])).toThrow('too few results')
})
