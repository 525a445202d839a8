import { describe, expect, test } from 'vitest'
import { Failure } from './failure.ts'
import {
  at,
  readBoolean,
  readBytes,
  readInteger,
  readList,
  readNumber,
  readRecord,
  readText,
  readWord,
  refuseLater,
} from './read.ts'

const words = { words: ['one', 'two'] as const, later: ['three'] }
const list = (value: unknown): number[] =>
  readList(value, 'a', { max: 2, read: (entry, path) => readInteger(entry, path, [0, 9]) })

test('paths join fields with dots and entries with brackets', () => {
  expect(at(at(at('', 'programs'), 0), 'code')).toBe('programs[0].code')
})

describe('good values come back', () => {
  test.each<[string, () => unknown, unknown]>([
    ['record', () => readRecord({ x: 1 }, 'a', ['x', 'y']), { x: 1 }],
    ['text', () => readText('é', 'a', 1), 'é'],
    ['integer', () => readInteger(-3, 'a', [-3, -3]), -3],
    ['-0', () => readInteger(-0, 'a', [0, 1]), 0],
    ['number', () => readNumber(-0.5, 'a'), -0.5],
    ['boolean', () => readBoolean(false, 'a'), false],
    ['bytes', () => readBytes(new Uint8Array(2), 'a', [1, 2]), new Uint8Array(2)],
    ['list', () => list([1, 2]), [1, 2]],
    ['word', () => readWord('two', 'a', words), 'two'],
    ['nothing later', () => refuseLater({ x: 1 }, '', ['y']), undefined],
  ])('%s', (_, read, value) => {
    expect(read()).toEqual(value)
  })
})

describe('bad values are refused with their path', () => {
  test.each<[() => unknown, string]>([
    [() => readRecord(null, 'a', []), 'a: expected an object, found null'],
    [() => readRecord([], 'a', []), 'a: expected an object, found a list of 0'],
    [() => readRecord(new Uint8Array(1), 'a', []), 'a: expected an object, found 1 bytes'],
    [() => readRecord({ x: 1, z: 2 }, 'a', ['x']), 'a.z: unknown field'],
    [() => readRecord(JSON.parse('{"__proto__":1}'), 'a', ['x']), 'a.__proto__: unknown field'],
    [() => readText(7, 'a'), 'a: expected text, found 7'],
    [() => readText('abc', 'a', 2), 'a: expected at most 2 characters, found "abc"'],
    [() => readInteger(1.5, 'a', [0, 9]), 'a: expected a whole number from 0 to 9, found 1.5'],
    [() => readInteger(10, 'a', [0, 9]), 'a: expected a whole number from 0 to 9, found 10'],
    [() => readInteger(-1, 'a', [0, 9]), 'a: expected a whole number from 0 to 9, found -1'],
    [() => readInteger(1n, 'a', [0, 9]), 'a: expected a whole number from 0 to 9, found 1'],
    [() => readInteger('1', 'a', [0, 9]), 'a: expected a whole number from 0 to 9, found "1"'],
    [() => readInteger(2 ** 53, 'a', [0, 2 ** 60]), 'a: expected a whole number'],
    [() => readNumber(Number.NaN, 'a'), 'a: expected a number, found NaN'],
    [() => readNumber('1', 'a'), 'a: expected a number, found "1"'],
    [() => readBoolean(0, 'a'), 'a: expected true or false, found 0'],
    [() => readBytes([1], 'a', 1), 'a: expected bytes, found a list of 1'],
    [() => readBytes(new Uint8Array(3), 'a', 2), 'a: expected 2 bytes, found 3 bytes'],
    [() => readBytes(new Uint8Array(3), 'a', [1, 2]), 'a: expected 1 to 2 bytes, found 3 bytes'],
    [() => list({ length: 1 }), 'a: expected a list, found an object'],
    [() => list([1, 2, 3]), 'a: expected at most 2 entries, found a list of 3'],
    [() => list([1, -1]), 'a[1]: expected a whole number from 0 to 9, found -1'],
    [() => readWord('four', 'a', words), 'a: expected one of one, two, found "four"'],
    [() => readWord(undefined, 'a', words), 'a: expected one of one, two'],
  ])('%s', (read, message) => {
    expect(read).toThrow(message)
    expect(read).toThrow(expect.objectContaining({ name: 'Failure', code: 'malformed' }))
  })
})

test('what is in the format but not yet supported is told apart', () => {
  const word = (): unknown => readWord('three', 'a', words)
  expect(word).toThrow(new Failure('unsupported', 'a: "three" is not supported yet'))
  expect(word).toThrow(expect.objectContaining({ code: 'unsupported' }))
  const field = (): unknown => refuseLater({ y: 1 }, 'a', ['x', 'y'])
  expect(field).toThrow(new Failure('unsupported', 'a.y: not supported yet'))
  expect(field).toThrow(expect.objectContaining({ code: 'unsupported' }))
})
