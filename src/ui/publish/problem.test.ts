import { expect, test } from 'vitest'
import { Failure, malformed } from '../../protocol/failure.ts'
import { isIn, problemOf } from './problem.ts'

test('the field is read from the message of a parser', () => {
  const problem = problemOf(malformed('programs[0].code.bytes', 'a number', 'x'))
  expect(problem.path).toBe('programs[0].code.bytes')
  expect(problem.text).toMatch(/^programs\[0\]\.code\.bytes: expected a number/)
  expect(problemOf(new Failure('unsupported', 'splits: not supported yet')).path).toBe('splits')
})

test('other failures and plain errors have no field', () => {
  expect(problemOf(new Failure('uncovered', 'balance: too small'))).toEqual({
    path: '',
    text: 'balance: too small',
  })
  expect(problemOf('boom')).toEqual({ path: '', text: 'boom' })
})

test('a problem lies in its field and in what surrounds it, not in a neighbour', () => {
  const problem = { path: 'params[1].value', text: '' }
  expect(isIn(problem, 'params[1]')).toBe(true)
  expect(isIn(problem, 'params')).toBe(true)
  expect(isIn(problem, 'params[1].value')).toBe(true)
  expect(isIn({ path: 'params[12]', text: '' }, 'params[1]')).toBe(false)
  expect(isIn({ path: 'price', text: '' }, 'pri')).toBe(false)
  expect(isIn(undefined, 'params')).toBe(false)
})
