import { describe, expect, test } from 'vitest'
import { cidOf } from '../cid.ts'
import { outputCheck } from './check-output.ts'
import { parseManifest } from './manifest.ts'
import { joinOutputs, parseOutputs, splitOutputs } from './outputs.ts'

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values)

test('one output is its bytes; several come with their lengths, and can be taken apart again', () => {
  expect(joinOutputs([bytes(1, 2, 3)])).toEqual(bytes(1, 2, 3))
  const joined = joinOutputs([bytes(7), bytes(), bytes(8, 9)])
  expect(joined).toEqual(bytes(1, 0, 0, 0, 7, 0, 0, 0, 0, 2, 0, 0, 0, 8, 9))
  expect(splitOutputs(joined, 3)).toEqual([bytes(7), bytes(), bytes(8, 9)])
  expect(splitOutputs(joined, 1)).toEqual([joined])
})

test.each<[string, Uint8Array, string]>([
  ['nothing at all', bytes(), 'outputs[0]: expected a length and as many bytes'],
  ['half a length', bytes(0, 0, 0, 0, 1, 0), 'outputs[1]: expected a length and as many bytes'],
  ['a length that is too large', bytes(0, 0, 0, 0, 255, 255, 255, 255), 'outputs[1]: expected a length'],
  [
    'something behind the last',
    bytes(0, 0, 0, 0, 0, 0, 0, 0, 1),
    'output: expected nothing behind its 2 outputs',
  ],
])('%s cannot be taken apart', (_, joined, message) => {
  expect(() => splitOutputs(joined, 2)).toThrow(message)
})

describe('the bytes of a unit are checked', () => {
  const check = (outputs: object[], limits = {}): ReturnType<typeof outputCheck> =>
    outputCheck(
      parseManifest({
        weft: 1,
        app: { name: 'test' },
        programs: [
          { kind: 'wasm', code: { cid: cidOf(bytes(1)), bytes: 1 }, wasm: { abi: 'kernel1', stdin: [] } },
        ],
        units: { kind: 'range', to: 9 },
        rounds: 2,
        outputs: outputs.map((output, index) => ({ name: `o${index}`, type: 'u8', ...output })),
        limits,
        price: { replica: '1' },
      }),
    )

  test('one output against its size in this unit and round', () => {
    const one = check([{ bytes: '$i + $round' }])
    expect(() => one(3, bytes(1, 2, 3))).not.toThrow()
    expect(() => one(3, bytes(1, 2, 3, 4), 1)).not.toThrow()
    expect(() => one(3, bytes(1, 2))).toThrow('output: expected 3 bytes, as outputs[0].bytes says, found 2')
  })

  test('one that may be shorter against the most it may have', () => {
    const text = check([{ bytes: 2, upTo: true }])
    expect(() => text(0, bytes())).not.toThrow()
    expect(() => text(0, bytes(1, 2, 3))).toThrow('output: expected at most 2 bytes')
  })

  test('each of several', () => {
    const two = check([{ bytes: 1 }, { bytes: 2 }])
    expect(() => two(0, joinOutputs([bytes(1), bytes(1, 2)]))).not.toThrow()
    expect(() => two(0, joinOutputs([bytes(1, 2), bytes(1)]))).toThrow('as outputs[0].bytes says, found 2')
    expect(() => two(0, bytes(1, 2, 3))).toThrow('outputs[0]: expected a length')
  })

  test('all of them together against the limit', () => {
    const two = check([{ bytes: 1 }, { bytes: 2 }], { outputBytes: 10 })
    expect(() => two(0, joinOutputs([bytes(1), bytes(1, 2)]))).toThrow('more than the limit of 10')
  })
})

test('a bad output is refused with its path', () => {
  const read = (...list: object[]): unknown => parseOutputs(list, 'outputs', ['i'])
  const output = { name: 'a', type: 'f16', bytes: '$i' }
  expect(read(output, { ...output, name: 'b', upTo: true })).toMatchObject([
    { compare: 'exact' },
    { upTo: true },
  ])
  expect(() => read(output, output)).toThrow('outputs: expected names that are told apart, found "a"')
  expect(() => read({ ...output, name: 'aB' }, { ...output, name: 'ab' })).toThrow('told apart, found "ab"')
  expect(() => read({ ...output, upTo: false })).toThrow('outputs[0].upTo: expected true, or nothing')
  expect(() => read({ ...output, type: 'u16' })).toThrow(
    'outputs[0].type: expected one of u8, u32, i32, f16, f32, f64',
  )
})
