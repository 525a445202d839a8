import { expect, test } from 'vitest'
import { toneMap } from './tone.ts'

test('darkness is black, great light is white, and more light is never darker', () => {
  expect(toneMap(0)).toBe(0)
  expect(toneMap(1000)).toBe(255)
  const bytes = Array.from({ length: 4000 }, (_, step) => toneMap(step / 1000))
  expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
})

test('the sRGB curve is the one of the standard', () => {
  for (let step = 0; step <= 1000; step += 1) {
    const x = (step / 250) * 0.8
    const film = Math.min((x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14), 1)
    const srgb = film <= 0.0031308 ? 12.92 * film : 1.055 * film ** (1 / 2.4) - 0.055
    expect(Math.abs(toneMap(step / 250) - 255 * srgb)).toBeLessThan(0.51)
  }
})
