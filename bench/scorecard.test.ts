import { expect, test } from 'vitest'
import { scorecard } from './scorecard.ts'

test('every goal has a name of its own that begins with the id of its metric', () => {
  expect(new Set(scorecard.map(({ metric }) => metric)).size).toBe(scorecard.length)
  for (const { id, metric } of scorecard) expect(metric === id || metric.startsWith(`${id}.`)).toBe(true)
})

test('what this version measures is not put off to a later issue', () => {
  const now = new Set(scorecard.filter(({ later }) => later === undefined).map(({ id }) => id))
  const late = scorecard.filter(({ later }) => later !== undefined).map(({ metric }) => metric)
  expect([...now]).toEqual([
    'e2e-verified',
    'sandbox-wgsl',
    'sandbox-fixed',
    'meter',
    'matmul-wasm',
    'matmul-wgsl',
    'routing',
    'respawn',
    'host-jank',
    'gas',
    'statement-build',
    'sizes',
  ])
  expect(late.filter((metric) => /^(gas|statement-build)/.test(metric))).toEqual([])
})
