import { expect, test } from 'vitest'
import type { Goal } from './row.ts'
import { absentRow, foundRow } from './row.ts'

const goal: Goal = { metric: 'speed', unit: 'ratio', better: 'higher', goal: 0.5 }
const found = (...samples: number[]) => ({ samples, baseline: 100, note: '' })

test('a row has the median, its spread and the verdict', () => {
  expect(foundRow(goal, found(0.5, 0.6, 0.55, 0.7, 0.58), 1)).toMatchObject({
    metric: 'speed',
    value: 0.58,
    goal: 0.5,
    baseline: 100,
    samples: [0.5, 0.6, 0.55, 0.7, 0.58],
    load: 1,
    verdict: 'met',
  })
  expect(foundRow(goal, found(0.4, 0.4, 0.4), 1).verdict).toBe('short')
})

test('a goal that is reached exactly is met, whichever way is better', () => {
  expect(foundRow(goal, found(0.5), 1).verdict).toBe('met')
  expect(foundRow({ ...goal, better: 'lower' }, found(0.5), 1).verdict).toBe('met')
  expect(foundRow({ ...goal, better: 'lower' }, found(0.6), 1).verdict).toBe('short')
})

test('a spread over 30 % is inconclusive, however good the median is', () => {
  expect(foundRow(goal, found(0.2, 0.9, 1, 1.1, 3), 1)).toMatchObject({ verdict: 'met' })
  const wide = foundRow(goal, found(0.2, 0.6, 1, 1.4, 3), 1)
  expect(wide.verdict).toBe('inconclusive')
  expect(wide.spread).toBeCloseTo(0.8)
})

test('without a goal the figure is reported, and what was not measured is absent', () => {
  expect(foundRow({ ...goal, goal: null }, found(1, 9), 1).verdict).toBe('reported')
  expect(absentRow(goal, 'later', 2)).toMatchObject({
    value: null,
    spread: null,
    samples: [],
    verdict: 'absent',
  })
})
