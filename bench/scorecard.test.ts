import { expect, test } from 'vitest'
import { scorecard } from './scorecard.ts'

test('every goal has a name of its own that begins with the id of its metric', () => {
  expect(new Set(scorecard.map(({ metric }) => metric)).size).toBe(scorecard.length)
  for (const { id, metric } of scorecard) expect(metric === id || metric.startsWith(`${id}.`)).toBe(true)
})

test('what this version measures is not put off to a later issue', () => {
  const now = scorecard.filter(({ later }) => later === undefined).map(({ metric }) => metric)
  const sizes = ['loader', 'frame', 'engine', 'contribute', 'publisher'].map((name) => `sizes.${name}`)
  expect(now).toEqual(['e2e-verified', ...sizes])
})
