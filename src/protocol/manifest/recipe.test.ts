import { describe, expect, test } from 'vitest'
import { toHex } from '../bytes.ts'
import type { Param } from './param.ts'
import type { Recipe } from './recipe.ts'
import { compileRecipe, parseRecipe } from './recipe.ts'

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
const scope = { names, inputs: [...inputs.keys()], params: params.map((param) => param.name) }
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
    [[{}], 'stdin[0]: expected exactly one of u32, i32, param, input'],
    [[{ u32: [1], i32: [1] }], 'stdin[0]: expected exactly one of'],
    [[{ f32: [1] }], 'stdin[0].f32: unknown field'],
    [[{ u32: 1 }], 'stdin[0].u32: expected a list'],
    [[{ u32: [1, '$j'] }], 'stdin[0].u32[1]: expected a known name, one of i, count, found "$j"'],
    [[{ i32: ['1 +'] }], 'stdin[0].i32[0]: expected'],
    [[{ u32: Array(257).fill(0) }], 'stdin[0].u32: expected at most 256'],
    [[{ param: 'i' }], 'stdin[0].param: expected one of count, shift, zoom'],
    [[{ input: 'five' }], 'stdin[0].input: expected one of three, four, none'],
  ])('%j', (value, message) => {
    expect(() => parseRecipe(value, 'stdin', scope)).toThrow(message)
  })
})
