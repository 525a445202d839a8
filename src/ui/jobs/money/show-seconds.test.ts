import { expect, test } from 'vitest'
import { showSeconds } from './show-seconds.ts'

test.each([
  [0, '0 seconds'],
  [8, '8 seconds'],
  [61, '2 minutes'],
  [3_600, '1 hour'],
  [172_800, '2 days'],
])('%d seconds are written as %s', (seconds, text) => {
  expect(showSeconds(seconds)).toBe(text)
})
