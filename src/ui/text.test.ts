import { expect, test } from 'vitest'
import { texts } from './text.ts'

const text = texts({ plain: 'Hello', filled: '{done} of {total}, {done}', open: 'a {b}' })

test('values are put where their names stand, each time', () => {
  expect(text('plain')).toBe('Hello')
  expect(text('filled', { done: 3, total: '4' })).toBe('3 of 4, 3')
})

test('a name without a value stays visible, and a value is never read as a pattern', () => {
  expect(text('open')).toBe('a {b}')
  expect(text('open', { b: '$& {b}' })).toBe('a $& {b}')
})
