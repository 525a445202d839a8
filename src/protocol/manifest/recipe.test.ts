import { describe, expect, test } from 'vitest'
import { concat, toHex } from '../bytes.ts'
import type { Param } from './param.ts'
import type { Recipe } from './recipe.ts'
import { compilePieces, compileRecipe, parseRecipe } from './recipe.ts'

const params: Param[] = [
  { name: 'count', type: 'u32', value: 2 ** 32 - 2, label: '' },
  { name: 'shift', type: 'i32', value: -2, label: '' },
  { name: 'zoom', type: 'f32', value: 1.5, label: '' },
]
const inputs = new Map([
  ['three', new Uint8Array([1, 2, 3])],
  ['four', new Uint8Array([1, 2, 3, 4])],
  ['none', new Uint8Array(0)],
])
const names = ['i', 'count']
const files = [...inputs.keys()]
const fixed = ['count']
const scope = { names, fixed, inputs: files, previous: files, params: params.map((param) => param.name) }
const fill = (recipe: Recipe, i = 1): string =>
  toHex(compileRecipe(recipe, names)({ bindings: { i, count: 5 }, params, inputs }))

test.each<[string, Recipe, string]>([
  ['nothing', [], '0x'],
  ['u32 values, little-endian', [{ u32: ['$i', 258, '$count * 2'] }], '0x01000000020100000a000000'],
  ['the largest u32', [{ u32: [2 ** 32 - 1] }], '0xffffffff'],
  ['i32 values', [{ i32: ['-$i', -(2 ** 31), 2 ** 31 - 1] }], '0xffffffff00000080ffffff7f'],
  ['a u32 parameter', [{ param: 'count' }], '0xfeffffff'],
  ['an i32 parameter', [{ param: 'shift' }], '0xfeffffff'],
  ['an f32 parameter', [{ param: 'zoom' }], '0x0000c03f'],
  ['an input padded to four bytes', [{ input: 'three' }, { u32: [9] }], '0x0102030009000000'],
  ['an input that fits, and an empty one', [{ input: 'four' }, { input: 'none' }], '0x01020304'],
  ['f32 constants', [{ f32: [1.5, -2] }], '0x0000c03f000000c0'],
  ['a part of an input, padded', [{ input: 'four', from: '$i', bytes: 2 }], '0x02030000'],
  ['the end of an input', [{ input: 'three', from: 3, bytes: 0 }], '0x'],
  ['in the first round the input instead of the result before', [{ previous: 'three' }], '0x01020300'],
])('%s', (_, recipe, bytes) => {
  expect(parseRecipe(recipe, 'stdin', scope)).toEqual(recipe)
  expect(fill(recipe)).toBe(bytes)
})

test('a recipe prepared once gives each unit its own bytes', () => {
  const write = compileRecipe([{ u32: ['$i'] }], names)
  const of = (i: number): string => toHex(write({ bindings: { i }, params, inputs }))
  expect([of(1), of(2)]).toEqual(['0x01000000', '0x02000000'])
})

test('a value that does not fit its type is refused, not cut', () => {
  expect(() => fill([{ u32: ['-$i'] }])).toThrow('[0]: expected a value from 0 to 4294967295, found -1')
  expect(() => fill([{ u32: [1] }, { u32: ['$i'] }], 2 ** 32)).toThrow('[1]: expected a value from 0')
  expect(() => fill([{ i32: ['$i'] }], 2 ** 31)).toThrow('[0]: expected a value from -2147483648')
})

test('in later rounds the result of the round before is taken, or a part of it', () => {
  const previous = new Uint8Array([5, 6, 7, 8, 9])
  const of = (recipe: Recipe): string =>
    toHex(compileRecipe(recipe, names)({ bindings: { i: 2 }, params, inputs, previous }))
  expect(of([{ previous: 'four' }, { input: 'four' }])).toBe('0x050607080900000001020304')
  expect(of([{ previous: 'four', from: '2 * $i', bytes: 1 }])).toBe('0x09000000')
})

test('constants are rounded to 32-bit floats when they are read', () => {
  expect(parseRecipe([{ f32: [0.1, -0] }], 'stdin', scope)).toEqual([{ f32: [Math.fround(0.1), 0] }])
})

test('a part that reaches outside its input is refused, not cut', () => {
  const part = (from: number, bytes: number): Recipe => [{ input: 'four', from, bytes }]
  expect(() => fill(part(5, 0))).toThrow('from: expected a place from 0 to 4, found 5')
  expect(() => fill(part(-1, 1))).toThrow('from: expected a place from 0 to 4, found -1')
  expect(() => fill(part(2, 3))).toThrow('bytes: expected 0 to 2 bytes, what there is from 2, found 3')
  expect(() => fill(part(2, -1))).toThrow('bytes: expected 0 to 2 bytes')
})

test('left apart, a whole input is itself and no copy, and joined the pieces are the recipe', () => {
  const recipe: Recipe = [{ input: 'four' }, { u32: ['$i'] }, { input: 'three' }]
  const from = { bindings: { i: 7 }, params, inputs }
  const pieces = compilePieces(recipe, names)(from)
  expect(pieces[0]).toBe(inputs.get('four'))
  expect(pieces[2], 'padded by a piece of its own').toBe(inputs.get('three'))
  expect(toHex(concat(pieces))).toBe(fill(recipe, 7))
})

test('an input that was not fetched is named', () => {
  const write = compileRecipe([{ input: 'four' }], names)
  expect(() => write({ bindings: {}, params, inputs: new Map() })).toThrow(
    'input: expected the bytes of the input',
  )
  const missing = compileRecipe([{ param: 'zoom' }], names)
  expect(() => missing({ bindings: {}, params: [], inputs })).toThrow(
    'param: expected a known parameter, found "zoom"',
  )
})

describe('a bad recipe is refused with the path of its piece', () => {
  test.each<[unknown, string]>([
    ['text', 'stdin: expected a list'],
    [Array(65).fill({ param: 'zoom' }), 'stdin: expected at most 64'],
    [[7], 'stdin[0]: expected an object'],
    [[{}], 'stdin[0]: expected exactly one of u32, i32, f32, param, input, previous'],
    [[{ u32: [1], i32: [1] }], 'stdin[0]: expected exactly one of'],
    [[{ u8: [1] }], 'stdin[0].u8: unknown field'],
    [[{ f32: ['1'] }], 'stdin[0].f32[0]: expected a number'],
    [[{ f32: [1e39] }], 'stdin[0].f32[0]: expected a number in the range of 32-bit floats'],
    [[{ u32: [1], from: 0, bytes: 4 }], 'stdin[0].from: unknown field'],
    [[{ input: 'four', from: 0 }], 'stdin[0].bytes: expected a number or an expression'],
    [[{ input: 'four', bytes: 4 }], 'stdin[0].from: expected a number or an expression'],
    [[{ previous: 'five' }], 'stdin[0].previous: expected one of three, four, none'],
    [[{ u32: 1 }], 'stdin[0].u32: expected a list'],
    [[{ u32: [1, '$j'] }], 'stdin[0].u32[1]: expected a known name, one of i, count, found "$j"'],
    [[{ i32: ['1 +'] }], 'stdin[0].i32[0]: expected'],
    [[{ u32: Array(257).fill(0) }], 'stdin[0].u32: expected at most 256'],
    [[{ param: 'i' }], 'stdin[0].param: expected one of count, shift, zoom'],
    [[{ input: 'five' }], 'stdin[0].input: expected one of three, four, none'],
  ])('%j', (value, message) => {
    expect(() => parseRecipe(value, 'stdin', scope)).toThrow(message)
  })

  test('the result of a round before the only one', () => {
    const once = { ...scope, previous: [] }
    expect(() => parseRecipe([{ previous: 'four' }], 'stdin', once)).toThrow(
      'stdin[0].previous: expected a job of several rounds',
    )
  })
})
