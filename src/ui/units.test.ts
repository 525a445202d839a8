import { expect, test } from 'vitest'
import { showUnits } from './units.ts'

test('units are written in order, neighbours as a stretch', () => {
  expect(showUnits([])).toBe('')
  expect(showUnits([7])).toBe('7')
  expect(showUnits([9, 2, 0, 1, 12, 10, 7, 3, 11])).toBe('0–3, 7, 9–12')
})

test('of many stretches the first are written, and how many units the rest has', () => {
  const text = showUnits(Array.from({ length: 1_000 }, (_, n) => n * 2))
  expect(text).toMatch(/^0, 2, 4, .* 78 and 960 more$/)
})
