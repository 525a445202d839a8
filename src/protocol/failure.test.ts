import { expect, test } from 'vitest'
import { Failure, malformed, reason } from './failure.ts'

test.each([
  ['a value', 7, 'a.b: expected x, found 7'],
  ['nothing told', undefined, 'a.b: expected x'],
  ['null', null, 'a.b: expected x, found null'],
  ['a list', [1, 2], 'a.b: expected x, found a list of 2'],
  ['bytes', new Uint8Array(3), 'a.b: expected x, found 3 bytes'],
  ['an object', { secret: 1 }, 'a.b: expected x, found an object'],
  ['a long text', 'y'.repeat(50), `a.b: expected x, found "${'y'.repeat(40)}…"`],
  ['a bigint', 2n ** 70n, `a.b: expected x, found ${2n ** 70n}`],
])('a failure of a parser names the path and sketches %s', (_, found, message) => {
  const failure = malformed('a.b', 'x', found)
  expect(failure).toBeInstanceOf(Failure)
  expect(failure).toMatchObject({ code: 'malformed', name: 'Failure', message })
})

test('the outermost value has a name too', () => {
  expect(malformed('', 'an object', 1).message).toBe('the whole: expected an object, found 1')
})

test('anything thrown becomes a sentence', () => {
  expect(reason(new Failure('timeout', 'Unit 7: no result in 30 s'))).toBe('Unit 7: no result in 30 s')
  expect(reason('text')).toBe('text')
  expect(reason(undefined)).toBe('undefined')
})
