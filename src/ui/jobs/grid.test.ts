import { expect, test } from 'vitest'
import { layOut, step } from './grid.ts'

test.each([1, 7, 256, 512, 10_000, 250_000, 1_000_000])(
  'a field of %i units fits its width and leaves no unit out',
  (count) => {
    for (const width of [288, 520]) {
      const { columns, rows, cell } = layOut(count, width)
      expect(columns * cell).toBeLessThanOrEqual(width)
      expect(columns * rows).toBeGreaterThanOrEqual(count)
      expect(cell).toBeGreaterThanOrEqual(1)
    }
  },
)

test('a few hundred units are drawn large enough for a sign in each', () => {
  expect(layOut(512, 520).cell).toBe(22)
  expect(layOut(512, 288).cell).toBeGreaterThanOrEqual(8)
})

test('arrow keys move by one and by a row, and stop at the ends', () => {
  const field = { columns: 10, count: 95 }
  expect(step(5, 'ArrowRight', field)).toBe(6)
  expect(step(5, 'ArrowLeft', field)).toBe(4)
  expect(step(5, 'ArrowDown', field)).toBe(15)
  expect(step(5, 'ArrowUp', field)).toBe(0)
  expect(step(90, 'ArrowDown', field)).toBe(94)
  expect(step(5, 'Home', field)).toBe(0)
  expect(step(5, 'End', field)).toBe(94)
  expect(step(5, 'Tab', field)).toBe(5)
})
