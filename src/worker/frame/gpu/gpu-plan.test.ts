import { describe, expect, test } from 'vitest'
import { Failure } from '../../../protocol/failure.ts'
import type { Round } from '../../executor.ts'
import { guardWgsl } from '../../guard/guard-wgsl.ts'
import type { TestJob } from '../../test-job.ts'
import { testSource } from '../../test-job.ts'
import type { KernelPlan, UnitPlan } from './gpu-plan.ts'
import { planOf } from './gpu-plan.ts'

const code = new TextEncoder().encode(`
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var i = 0u; i < arrayLength(&head); i++) { out[id.x] = head[0]; }
}
@group(0) @binding(2) var<uniform> turn: vec2u;
@compute @workgroup_size(1)
fn turned() { out[turn.x] = head[turn.y]; }`)
const pass = (dispatch: (number | string)[]): Record<string, unknown> => ({
  passes: [{ entry: 'main', bindings: [['head', 'out']], dispatch }],
})

function planKernel(job: TestJob = {}, isSoftware = false): KernelPlan {
  const source = testSource(code, { ...job, executor: 'wgsl' })
  return planOf(source, guardWgsl(code, source.manifest), isSoftware)
}
const plan = (unit: number, job?: TestJob, round?: Round): UnitPlan => planKernel(job).unit(unit, round)

test('a plan has the buffers, the dispatch and the size of the output of its unit', () => {
  expect(plan(7, { program: pass(['1 + $i', 2]) })).toEqual({
    buffers: [
      { name: 'head', usage: 'storage', bytes: 4, content: Uint8Array.of(7, 0, 0, 0) },
      { name: 'out', usage: 'storage', bytes: 4 },
    ],
    bytes: 8,
    share: expect.any(Number),
    dispatches: [
      {
        pass: 0,
        share: expect.any(Number),
        workgroups: [8, 2, 1],
        copies: [],
        places: new Map(),
        offsets: new Map(),
      },
    ],
    copies: [],
    outputs: [{ buffer: 'out', bytes: 4 }],
  })
})

test('buffers are whole words, within the limits, and hold what they start with', () => {
  const buffers = (head: object, out: object): TestJob => ({
    program: {
      buffers: [
        { name: 'head', ...head },
        { name: 'out', ...out },
      ],
    },
  })
  expect(plan(0, buffers({ bytes: 5 }, { bytes: 4 })).bytes).toBe(12)
  expect(() => plan(0, buffers({ bytes: '$i' }, { bytes: 4 }))).toThrow(
    'buffer "head": expected at least 4 bytes',
  )
  const [half, whole] = [2 ** 27, 2 ** 28]
  expect(() => plan(0, buffers({ bytes: half + 4 }, { bytes: 4 }))).toThrow(
    'at most 134217728 are allowed without requires.limits.maxStorageBufferBindingSize',
  )
  expect(() => plan(0, buffers({ bytes: half }, { bytes: half }))).not.toThrow()
  const large = buffers({ bytes: whole }, { bytes: 4 })
  const requires = { limits: { maxStorageBufferBindingSize: whole } }
  expect(() => plan(0, { program: { ...large.program, requires } })).toThrow(
    'more bytes than the 268435456 that are allowed',
  )
  const init = [{ u32: [1, 2] }]
  expect(() => plan(0, buffers({ bytes: 4, init }, { bytes: 4 }))).toThrow('content of at most 4 bytes')
})

test('an output fits its buffer and the limit', () => {
  const output = (bytes: number): TestJob => ({
    manifest: { outputs: [{ name: 'out', type: 'u32', bytes }] },
  })
  expect(() => plan(0, output(8))).toThrow('outputs[0].bytes: expected at most the bytes of its buffer')
  const small = { ...output(4).manifest, limits: { outputBytes: 3 } }
  expect(() => plan(0, { manifest: small })).toThrow('more than the limit of 3')
})

test('a dispatch is bounded in each direction, in all, and in the steps it may take', () => {
  const dispatch = (...groups: (number | string)[]): TestJob => ({ program: pass(groups) })
  expect(() => plan(0, dispatch(0))).toThrow('dispatch[0] of "main": expected 1 to 65535')
  expect(() => plan(0, dispatch(1, 65_536))).toThrow('dispatch[1] of "main": expected 1 to 65535')
  expect(() => plan(0, dispatch(1024, 1024))).toThrow('67108864 invocations; at most 16777216')
  const large = dispatch(256, 128)
  expect(() => plan(0, large)).not.toThrow()
  expect(() => planKernel(large, true).unit(0)).toThrow('lower limits.loopBound or make units smaller')
  const limits = { loopBound: 900 }
  expect(() => planKernel({ ...large, manifest: { limits } }, true).unit(0)).not.toThrow()
})

/** Counts the bytes of all arrays that are made meanwhile. */
function bytesMade(act: () => void): number {
  const Original = Uint8Array
  let made = 0
  const Counting = new Proxy(Original, {
    construct(target, args, newTarget) {
      if (typeof args[0] === 'number') made += args[0]
      return Reflect.construct(target, args, newTarget)
    },
  })
  globalThis.Uint8Array = Counting
  try {
    act()
  } finally {
    globalThis.Uint8Array = Original
  }
  return made
}

test('content that does not fit its buffer is refused before it is put together', () => {
  const init = Array.from({ length: 60 }, () => ({ f32: Array(60).fill(1) }))
  const program = {
    buffers: [
      { name: 'head', bytes: 4, init },
      { name: 'out', bytes: 4 },
    ],
  }
  const kernel = planKernel({ program })
  const made = bytesMade(() =>
    expect(() => kernel.unit(0)).toThrow('buffer "head": expected content of at most 4 bytes'),
  )
  expect(made).toBeLessThan(1000)
})

test('uniforms of many turns are refused as soon as they are too large, and not built when the steps are too many', () => {
  const turn = { name: 'turn', usage: 'uniform', bytes: 65_536, init: [{ u32: ['$iteration', '$step'] }] }
  const buffers = [
    { name: 'head', bytes: 4 },
    { name: 'out', bytes: 134_217_728 },
    turn,
    { ...turn, name: 'other' },
  ]
  const turned = { entry: 'turned', bindings: [['head', 'out', 'turn']], dispatch: [1], repeat: 4000 }
  const kernel = planKernel({ program: { buffers, passes: [turned] } })
  const made = bytesMade(() => expect(() => kernel.unit(0)).toThrow('more bytes than the 268435456'))
  expect(made).toBeLessThan(140_000_000)
  const long = { ...turned, dispatch: [4096, 4096], repeat: 4096 }
  const slow = planKernel({ program: { buffers, passes: [long] } }, true)
  expect(bytesMade(() => expect(() => slow.unit(0)).toThrow('steps'))).toBeLessThan(1000)
})

describe('what is filled once and what anew', () => {
  const turn = { name: 'turn', usage: 'uniform', bytes: 8, init: [{ u32: ['$iteration', '$step + $i'] }] }
  const head = { name: 'head', scope: 'lease', bytes: 4, init: [{ u32: [9] }] }
  const turned = { entry: 'turned', bindings: [['head', 'out', 'turn']], dispatch: [1] }
  const program = { buffers: [head, { name: 'out', bytes: 4 }, turn], passes: [{ ...turned, repeat: 3 }] }

  test('a buffer of scope lease is planned once and is no part of a unit', () => {
    const kernel = planKernel({ program })
    expect(kernel.lease).toEqual([
      { name: 'head', usage: 'storage', bytes: 4, content: Uint8Array.of(9, 0, 0, 0) },
    ])
    expect(kernel.unit(0).buffers.map(({ name }) => name)).toEqual(['out', 'turn'])
  })

  test('a uniform of the turn has a place for each turn, and each dispatch its offset', () => {
    const { buffers, dispatches } = plan(5, { program })
    const found = buffers[1]
    expect(found).toMatchObject({ name: 'turn', usage: 'uniform', bytes: 768, window: 8 })
    const words = new Uint32Array(found?.content?.buffer ?? new ArrayBuffer(0))
    expect([0, 64, 128].map((place) => [...words.slice(place, place + 2)])).toEqual([
      [0, 5],
      [1, 6],
      [2, 7],
    ])
    expect(dispatches.map(({ offsets }) => offsets.get('turn'))).toEqual([0, 256, 512])
  })

  test('equal contents that follow each other are one', () => {
    const init = [{ u32: ['$iteration'] }]
    const group = { repeat: 2, passes: [{ ...turned, repeat: 3 }] }
    const { dispatches } = plan(5, {
      program: { ...program, buffers: [head, { name: 'out', bytes: 4 }, { ...turn, init }], passes: [group] },
    })
    expect(dispatches.map(({ offsets }) => offsets.get('turn'))).toEqual([0, 0, 0, 256, 256, 256])
  })

  test('the result of the round before is in the buffers of the next', () => {
    const buffers = [
      { name: 'head', bytes: 8, init: [{ previous: 'seed' }, { u32: ['$round'] }] },
      { name: 'out', bytes: 4 },
    ]
    const source = testSource(code, {
      executor: 'wgsl',
      manifest: {
        rounds: 3,
        inputs: [{ name: 'seed', cid: testSource(code).manifest.programs[0]?.code.cid, bytes: 4 }],
      },
      program: { buffers },
    })
    const kernel = planOf(
      { ...source, inputs: new Map([['seed', Uint8Array.of(1, 2, 3, 4)]]) },
      guardWgsl(code, source.manifest),
      true,
    )
    const first = (round?: Round): unknown => kernel.unit(0, round).buffers[0]?.content
    expect(first()).toEqual(Uint8Array.of(1, 2, 3, 4, 0, 0, 0, 0))
    expect(first({ index: 2, previous: Uint8Array.of(5) })).toEqual(Uint8Array.of(5, 0, 0, 0, 2, 0, 0, 0))
  })
})

describe('swaps', () => {
  const swapping = (bytes: number): TestJob => ({
    program: {
      buffers: [
        { name: 'head', bytes: 4 },
        { name: 'out', bytes },
      ],
      passes: [{ ...(pass([1]).passes as object[])[0], repeat: '$i', swap: [['head', 'out']] }],
    },
  })

  test('the output is read from where its name stands after the last turn', () => {
    expect(plan(1, swapping(4)).outputs).toEqual([{ buffer: 'head', bytes: 4 }])
    expect(plan(2, swapping(4)).outputs).toEqual([{ buffer: 'out', bytes: 4 }])
  })

  test('buffers of different size cannot change places, not even twice', () => {
    expect(() => plan(2, swapping(8))).toThrow(
      'copy or swap: expected buffers of equal size; "head" has 4 bytes, "out"',
    )
    expect(() => plan(2, swapping(8))).toThrow(Failure)
  })
})
