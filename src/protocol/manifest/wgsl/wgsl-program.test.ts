import { describe, expect, test } from 'vitest'
import { cidOf } from '../../cid.ts'
import { Failure } from '../../failure.ts'
import { parseWgsl } from './wgsl-program.ts'

type Plain = Record<string, unknown>
const scope = {
  names: ['i', 'side'],
  fixed: ['side'],
  inputs: ['grid'],
  previous: ['grid'],
  params: ['side'],
}
const code = { cid: cidOf(new Uint8Array(9)), bytes: 9 }
const buffers = [
  { name: 'turn', usage: 'uniform', bytes: 8, init: [{ u32: ['$iteration', '$step + $i'] }] },
  { name: 'weights', scope: 'lease', bytes: '4 * $side', init: [{ input: 'grid' }] },
  { name: 'a', bytes: 64, init: [{ previous: 'grid', from: '$i', bytes: 4 }] },
  { name: 'b', bytes: 64 },
]
const pass = {
  entry: 'main',
  bindings: [
    ['turn', 'weights'],
    ['a', 'b'],
  ],
  dispatch: ['$side'],
}
const parse = (change: Plain): unknown =>
  parseWgsl({ kind: 'wgsl', code, buffers, passes: [pass], ...change }, 'p', scope)
const withBuffer = (index: number, change: Plain): Plain => ({
  buffers: buffers.map((buffer, place) => (place === index ? { ...buffer, ...change } : buffer)),
})

test('a program with everything in it reads as itself', () => {
  const full = {
    kind: 'wgsl',
    code,
    requires: { features: ['subgroups', 'shader-f16'], limits: { maxComputeInvocationsPerWorkgroup: 512 } },
    buffers: buffers.map((buffer) => ({ scope: 'unit', usage: 'storage', ...buffer })),
    passes: [
      {
        ...pass,
        dispatch: ['$side', '$iteration + 1', 1],
        overrides: { size: 8 },
        repeat: '$i',
        swap: [['a', 'b']],
      },
      {
        repeat: 3,
        copy: [['b', 'a']],
        passes: [{ ...pass, dispatch: ['$step + 1', 1, 1], overrides: {}, repeat: '$iteration' }],
        swap: [['a', 'b']],
      },
    ],
  }
  expect(parseWgsl(full, 'p', scope)).toEqual(full)
})

test('what is not there stays away, so that old manifests keep their names', () => {
  const parsed = parse({})
  expect(parsed).not.toHaveProperty('requires')
  expect(Object.keys((parsed as { passes: Plain[] }).passes[0] ?? {})).toEqual([
    'entry',
    'bindings',
    'dispatch',
    'overrides',
  ])
})

test('features and limits are written in one order, each once', () => {
  const requires = { features: ['shader-f16', 'subgroups'], limits: {} }
  expect(parse({ requires })).toMatchObject({ requires: { features: ['subgroups', 'shader-f16'] } })
  expect((parse({ requires }) as Plain).requires).not.toHaveProperty('limits')
})

describe('a bad program is refused with its path', () => {
  const withPass = (change: Plain): Plain => ({ passes: [{ ...pass, ...change }] })
  const group = (change: Plain): Plain => ({ passes: [{ repeat: 2, passes: [pass], ...change }] })
  test.each<[Plain, string]>([
    [{ requires: ['f16'] }, 'p.requires: expected an object'],
    [{ requires: {} }, 'p.requires: expected a feature or a limit'],
    [
      { requires: { features: ['timestamp-query'] } },
      'p.requires.features[0]: expected one of subgroups, shader-f16',
    ],
    [
      { requires: { features: ['subgroups', 'subgroups'] } },
      'p.requires.features: expected each feature once',
    ],
    [
      { requires: { limits: { maxTextureDimension2D: 1 } } },
      'p.requires.limits.maxTextureDimension2D: unknown field',
    ],
    [
      { requires: { limits: { maxBufferSize: 0 } } },
      'p.requires.limits.maxBufferSize: expected a whole number from 1',
    ],
    [withBuffer(1, { bytes: '$i' }), 'p.buffers[1].bytes: expected a known name, one of side, found "$i"'],
    [withBuffer(1, { init: [{ u32: ['$i'] }] }), 'p.buffers[1].init[0].u32[0]: expected a known name'],
    [
      withBuffer(1, { init: [{ u32: ['$iteration'] }] }),
      'p.buffers[1].init[0].u32[0]: expected a known name',
    ],
    [
      withBuffer(1, { init: [{ previous: 'grid' }] }),
      'p.buffers[1].init[0].previous: expected a job of several rounds',
    ],
    [
      withBuffer(3, { init: [{ u32: ['$iteration'] }] }),
      'p.buffers[3].init[0].u32[0]: expected a known name',
    ],
    [withBuffer(0, { bytes: '$iteration' }), 'p.buffers[0].bytes: expected a known name'],
    [withBuffer(0, { scope: 'job' }), 'p.buffers[0].scope: expected one of unit, lease'],
    [{ passes: [] }, 'p.passes: expected at least one pass'],
    [{ passes: Array(65).fill(pass) }, 'p.passes: expected at most 64'],
    [
      { passes: Array(40).fill({ repeat: 1, passes: [pass, pass] }) },
      'p.passes: expected at most 64 passes, those in groups too, found 80',
    ],
    [
      withPass({ repeat: '$turns' }),
      'p.passes[0].repeat: expected a known name, one of i, side, iteration, step',
    ],
    [withPass({ copy: [['a']] }), 'p.passes[0].copy[0]: expected a pair'],
    [withPass({ swap: [['a']] }), 'p.passes[0].swap[0]: expected a pair'],
    [withPass({ swap: [['a', 'a']] }), 'p.passes[0].swap[0]: expected a pair'],
    [withPass({ swap: [['a', 'weights']] }), 'p.passes[0].swap[0][1]: expected one of a, b'],
    [withPass({ swap: [['a', 'turn']] }), 'p.passes[0].swap[0][1]: expected one of a, b'],
    [
      withPass({
        swap: [
          ['a', 'b'],
          ['b', 'a'],
        ],
      }),
      'p.passes[0].swap: expected each buffer in one pair only',
    ],
    [group({ repeat: undefined }), 'p.passes[0].repeat: expected a number or an expression'],
    [group({ repeat: '$iteration' }), 'p.passes[0].repeat: expected a known name'],
    [group({ passes: [] }), 'p.passes[0].passes: expected at least one pass'],
    [
      group({ passes: [{ repeat: 1, passes: [pass] }] }),
      'p.passes[0].passes[0].passes: expected passes only in a group; a pass has a "repeat"',
    ],
    [group({ entry: 'main' }), 'p.passes[0].entry: expected either a pass, with "entry", or a group'],
    [withPass({ overrides: null }), 'p.passes[0].overrides: expected an object, found null'],
  ])('%#: %s', (change, message) => {
    expect(() => parse(change)).toThrow(message)
    expect(() => parse(change)).toThrow(Failure)
  })
})
