import { expect, test } from 'vitest'
import type { Claim } from './turns.ts'
import { Turns } from './turns.ts'

const claim = (name: string): Claim => ({ owner: name.slice(0, 1), job: name })

/** The turns that all of `waiting` have, one after the other, when every one of them always wants the next. */
function take(turns: Turns, waiting: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => {
    const [first = ''] = turns.sort(waiting, claim)
    turns.begin(claim(first))()
    return first
  })
}

test('turns go round the owners, then round the jobs of each', () => {
  expect(take(new Turns(), ['a1', 'a2', 'a3', 'b1', 'c1', 'c2'], 9).join(' ')).toBe(
    'a1 b1 c1 a2 b1 c2 a3 b1 c1',
  )
})

test('who comes late has the next turn, and no more than the others after it', () => {
  const turns = new Turns()
  take(turns, ['a1', 'b1'], 10)
  expect(take(turns, ['a1', 'b1', 'c1'], 6).join(' ')).toBe('c1 a1 b1 c1 a1 b1')
})

test('who has a turn under way waits for those who have none', () => {
  const turns = new Turns()
  const end = turns.begin(claim('a1'))
  expect(take(turns, ['a1', 'a2', 'b1'], 2)).toEqual(['b1', 'b1'])
  expect(turns.sort(['a1', 'a2'], claim)).toEqual(['a2', 'a1'])
  end()
  expect(take(turns, ['a1', 'a2', 'b1'], 2)).toEqual(['a2', 'b1'])
})

test('a hundred thousand owners are forgotten but for the last, and never one whose turn is under way', () => {
  const turns = new Turns()
  const end = turns.begin({ owner: 'busy', job: '' })
  for (let owner = 0; owner < 100_000; owner += 1) turns.begin({ owner: `${owner}`, job: '' })()
  const sorted = turns.sort(['busy', '99999', '7'], (owner) => ({ owner, job: '' }))
  expect(sorted).toEqual(['7', '99999', 'busy'])
  end()
})
