import { describe, expect, test } from 'vitest'
import { cidOf } from '../cid.ts'
import { Failure } from '../failure.ts'
import { MAX_CODE_BYTES, parseProgram } from './program.ts'

const scope = {
  names: ['i', 'side'],
  fixed: ['side'],
  inputs: ['palette'],
  previous: ['palette'],
  params: ['side', 'zoom'],
}
const code = { cid: cidOf(new Uint8Array(9)), bytes: 9 }
const wasm = { kind: 'wasm', code, wasm: { abi: 'kernel1', stdin: [{ u32: ['$i'] }] } }
const pass = { entry: 'main', bindings: [['settings', 'pixels']], dispatch: ['$side'] }
const buffers = [
  { name: 'settings', usage: 'uniform', bytes: 16, init: [{ param: 'zoom' }] },
  { name: 'pixels', bytes: '4 * $side' },
]
const wgsl = { kind: 'wgsl', code, buffers, passes: [pass] }
const parse = (value: unknown): unknown => parseProgram(value, 'programs[1]', scope)

test('what is left out gets its default, and what has it reads as itself', () => {
  const fullWasm = { ...wasm, wasm: { ...wasm.wasm, memoryPages: 256 } }
  expect(parse(wasm)).toEqual(fullWasm)
  expect(parse(fullWasm)).toEqual(fullWasm)
  const fullWgsl = {
    ...wgsl,
    buffers: [
      { ...buffers[0], scope: 'unit' },
      { ...buffers[1], scope: 'unit', usage: 'storage' },
    ],
    passes: [{ ...pass, dispatch: ['$side', 1, 1], overrides: {} }],
  }
  expect(parse(wgsl)).toEqual(fullWgsl)
  expect(parse(fullWgsl)).toEqual(fullWgsl)
})

test('minus zero in an override is zero, as it will be after the wire', () => {
  expect(parse({ ...wgsl, passes: [{ ...pass, overrides: { bias: -0 } }] })).toMatchObject({
    passes: [{ overrides: { bias: 0 } }],
  })
})

describe('what is not supported yet says so', () => {
  test.each<[unknown, string]>([
    [{ ...wasm, requires: ['simd'] }, 'programs[1].requires: not supported yet'],
  ])('%#: %s', (value, message) => {
    expect(() => parse(value)).toThrow(message)
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })
})

describe('a bad program is refused with its path', () => {
  const withBuffer = (change: object): unknown => ({ ...wgsl, buffers: [{ ...buffers[0], ...change }] })
  const withPass = (change: object): unknown => ({ ...wgsl, passes: [{ ...pass, ...change }] })
  const withWasm = (change: object): unknown => ({ ...wasm, wasm: { ...wasm.wasm, ...change } })
  const bigCode = { ...code, bytes: MAX_CODE_BYTES.wgsl + 1 }
  test.each<[unknown, string]>([
    [null, 'programs[1].kind: expected one of wgsl, wasm'],
    [{ ...wasm, kind: 'js' }, 'programs[1].kind: expected one of wgsl, wasm, found "js"'],
    [{ ...wasm, buffers }, 'programs[1].buffers: unknown field'],
    [{ ...wgsl, wasm: {} }, 'programs[1].wasm: unknown field'],
    [
      { ...wasm, code: undefined },
      'programs[1].code: expected an object with "cid" and "bytes", or with "file"',
    ],
    [{ ...wasm, code: { ...code, url: 'x' } }, 'programs[1].code.url: unknown field'],
    [{ ...wasm, code: { ...code, cid: 'x' } }, 'programs[1].code.cid: expected a CID'],
    [
      { ...wasm, code: { ...code, bytes: 0 } },
      'programs[1].code.bytes: expected a whole number from 1 to 67108864',
    ],
    [{ ...wgsl, code: bigCode }, 'programs[1].code.bytes: expected a whole number from 1 to 65536'],
    [{ ...wasm, wasm: undefined }, 'programs[1].wasm: expected an object'],
    [withWasm({ abi: 'x' }), 'programs[1].wasm.abi: expected one of kernel1'],
    [withWasm({ stdin: undefined }), 'programs[1].wasm.stdin: expected a list'],
    [withWasm({ stdin: [{ input: 'x' }] }), 'programs[1].wasm.stdin[0].input: expected one of palette'],
    [
      withWasm({ memoryPages: 16385 }),
      'programs[1].wasm.memoryPages: expected a whole number from 1 to 16384',
    ],
    [withWasm({ exit: 1 }), 'programs[1].wasm.exit: unknown field'],
    [withWasm({ args: [] }), 'programs[1].wasm.args: expected nothing, because only'],
    [{ ...wgsl, buffers: undefined }, 'programs[1].buffers: expected a list'],
    [{ ...wgsl, buffers: Array(17).fill(buffers[0]) }, 'programs[1].buffers: expected at most 16'],
    [
      { ...wgsl, buffers: [buffers[0], buffers[0]] },
      'programs[1].buffers: expected names that are told apart',
    ],
    [withBuffer({ name: 1 }), 'programs[1].buffers[0].name: expected text'],
    [withBuffer({ usage: 'vertex' }), 'programs[1].buffers[0].usage: expected one of uniform, storage'],
    [withBuffer({ bytes: '$width' }), 'programs[1].buffers[0].bytes: expected a known name'],
    [
      withBuffer({ init: [{ param: 'x' }] }),
      'programs[1].buffers[0].init[0].param: expected one of side, zoom',
    ],
    [withBuffer({ size: 4 }), 'programs[1].buffers[0].size: unknown field'],
    [{ ...wgsl, passes: [] }, 'programs[1].passes: expected at least one pass'],
    [withPass({ entry: 'x'.repeat(65) }), 'programs[1].passes[0].entry: expected at most 64'],
    [withPass({ bindings: ['pixels'] }), 'programs[1].passes[0].bindings[0]: expected a list'],
    [
      withPass({ bindings: [['pixels', 'x']] }),
      'programs[1].passes[0].bindings[0][1]: expected one of settings, pixels',
    ],
    [withPass({ bindings: [[], [], [], [], []] }), 'programs[1].passes[0].bindings: expected at most 4'],
    [withPass({ dispatch: undefined }), 'programs[1].passes[0].dispatch: expected a list'],
    [withPass({ dispatch: [1, 1, 1, 1] }), 'programs[1].passes[0].dispatch: expected at most 3'],
    [withPass({ dispatch: ['1/'] }), 'programs[1].passes[0].dispatch[0]: expected'],
    [withPass({ overrides: { n: '1' } }), 'programs[1].passes[0].overrides.n: expected a number, found "1"'],
    [withPass({ overrides: [1] }), 'programs[1].passes[0].overrides: expected an object'],
    [withPass({ overrides: 'ab' }), 'programs[1].passes[0].overrides: expected an object'],
    [withPass({ shader: 1 }), 'programs[1].passes[0].shader: unknown field'],
  ])('%#: %s', (value, message) => {
    expect(() => parse(value)).toThrow(message)
    expect(() => parse(value)).toThrow(Failure)
  })
})
