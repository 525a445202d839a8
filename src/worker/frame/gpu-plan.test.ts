import { expect, test } from 'vitest'
import { guardWgsl } from '../guard/guard-wgsl.ts'
import type { TestJob } from '../test-job.ts'
import { testSource } from '../test-job.ts'
import type { UnitPlan } from './gpu-plan.ts'
import { planOf } from './gpu-plan.ts'

const code = new TextEncoder().encode(`
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var i = 0u; i < 10u; i++) { out[id.x] = head[0]; }
}`)
const pass = (dispatch: (number | string)[]): Record<string, unknown> => ({
  passes: [{ entry: 'main', bindings: [['head', 'out']], dispatch }],
})

function plan(unit: number, job: TestJob = {}, isSoftware = false): UnitPlan {
  const source = testSource(code, { ...job, executor: 'wgsl' })
  return planOf(source, guardWgsl(code, source.manifest), isSoftware)(unit)
}

test('a plan has the buffers, the dispatch and the size of the output of its unit', () => {
  expect(plan(7, { program: pass(['1 + $i', 2]) })).toEqual({
    buffers: [
      { name: 'head', usage: 'storage', bytes: 4, content: Uint8Array.of(7, 0, 0, 0) },
      { name: 'out', usage: 'storage', bytes: 4 },
    ],
    bytes: 8,
    dispatch: [8, 2, 1],
    outputBytes: 4,
  })
})

test('buffers are whole words, within the limit, and hold what they start with', () => {
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
  expect(() => plan(0, buffers({ bytes: 2 ** 28 }, { bytes: 4 }))).toThrow('at most 268435456 are allowed')
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
  expect(() => plan(0, dispatch(0))).toThrow('dispatch[0]: expected 1 to 65535')
  expect(() => plan(0, dispatch(1, 65_536))).toThrow('dispatch[1]: expected 1 to 65535')
  expect(() => plan(0, dispatch(1024, 1024))).toThrow('67108864 invocations; at most 16777216')
  const large = dispatch(256, 128)
  expect(() => plan(0, large)).not.toThrow()
  expect(() => plan(0, large, true)).toThrow('lower limits.loopBound or make units smaller')
  const limits = { loopBound: 1000 }
  expect(() => plan(0, { ...large, manifest: { limits } }, true)).not.toThrow()
})
