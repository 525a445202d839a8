import { expect, test } from 'vitest'
import { median, spreadOf } from './spread.ts'

test('the median of an even count is the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(() => median([])).toThrow('no numbers')
})

test('the spread is the interquartile range by the median', () => {
  expect(spreadOf([1, 2, 3, 4, 5])).toBeCloseTo(2 / 3)
  expect(spreadOf([7])).toBe(0)
  expect(spreadOf([0, 0])).toBe(0)
})
