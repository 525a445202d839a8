import { describe, expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import { testSource } from '../test-job.ts'
import type { Slot } from './bindings.ts'
import { guardWgsl } from './guard-wgsl.ts'

const head = '@group(0) @binding(0) var<storage, read> head: array<u32>;'
const out = '@group(0) @binding(1) var<storage, read_write> out: array<u32>;'
const program = (globals: string, body: string): string =>
  `${globals} @compute @workgroup_size(1) fn main() { ${body} }`

type Change = { buffers?: object[]; bindings?: string[][]; requires?: object }

function layout(text: string, { buffers, bindings, requires }: Change = {}): readonly (readonly Slot[])[] {
  const code = new TextEncoder().encode(text)
  const pass = { entry: 'main', bindings: bindings ?? [['head', 'out']], dispatch: [1] }
  const change = { passes: [pass], ...(buffers && { buffers }), ...(requires && { requires }) }
  const { manifest } = testSource(code, { executor: 'wgsl', program: change })
  return guardWgsl(code, manifest).passes[0]?.groups ?? []
}

test('the layout is derived from what the entry point uses, in functions that it calls too', () => {
  const globals = `${head} ${out} @group(2) @binding(3) var<uniform> size: vec4u; fn deep() -> u32 { return size.x; }`
  const buffers = ['head', 'out', 'a', 'b', 'c'].map((name) => ({ name, bytes: 16 }))
  const groups = layout(program(globals, 'out[0] = head[0] + deep();'), {
    buffers: [...buffers, { name: 'size', usage: 'uniform', bytes: 16 }],
    bindings: [['head', 'out'], [], ['a', 'b', 'c', 'size']],
  })
  expect(groups).toEqual([
    [
      { binding: 0, buffer: 'head', type: 'read-only-storage' },
      { binding: 1, buffer: 'out', type: 'storage' },
    ],
    [],
    [{ binding: 3, buffer: 'size', type: 'uniform' }],
  ])
})

test('storage without a word is read only, and atomics are written', () => {
  const globals =
    '@group(0) @binding(0) var<storage> head: u32; @group(0) @binding(1) var<storage, read_write> out: atomic<u32>;'
  expect(
    layout(program(globals, 'atomicAdd(&out, head);'))
      .flat()
      .map(({ type }) => type),
  ).toEqual(['read-only-storage', 'storage'])
})

describe('what does not fit is refused with the names of both sides', () => {
  const copy = 'out[0] = head[0];'
  const many = Array.from({ length: 9 }, (_, place) => place)
  const eight = many.map((place) => `@group(1) @binding(${place}) var<storage> b${place}: u32;`).join(' ')
  const sum = many.map((place) => `b${place}`).join(' + ')
  const nine: Change = {
    buffers: [{ name: 'out', bytes: 4 }, ...many.map((place) => ({ name: `x${place}`, bytes: 4 }))],
    bindings: [['x0', 'out'], many.map((place) => `x${place}`)],
  }
  test.each<[string, string, Change, string]>([
    [
      'a binding that the manifest leaves empty',
      program(
        `${head} ${out} @group(2) @binding(5) var<storage, read_write> extra: array<u32>;`,
        `extra[0] = 1; ${copy}`,
      ),
      {},
      'WGSL: extra is at @group(2) @binding(5): "main" uses it, and the manifest binds no buffer there',
    ],
    [
      'a uniform that the manifest calls storage',
      program(`@group(0) @binding(0) var<uniform> head: vec4u; ${out}`, 'out[0] = head.x;'),
      {},
      'WGSL: head is at @group(0) @binding(0): it is not a storage buffer, as the manifest says of "head", but var<uniform>',
    ],
    [
      'storage that the manifest calls uniform',
      program(`${head} ${out}`, copy),
      {
        buffers: [
          { name: 'head', usage: 'uniform', bytes: 16 },
          { name: 'out', bytes: 4 },
        ],
      },
      'it is not a uniform buffer, as the manifest says of "head", but var<storage, read>',
    ],
    [
      'writing to a buffer of the lease',
      program(
        `@group(0) @binding(0) var<storage, read_write> head: array<u32>; ${out}`,
        `${copy} head[0] = 1u;`,
      ),
      {
        buffers: [
          { name: 'head', scope: 'lease', bytes: 4 },
          { name: 'out', bytes: 4 },
        ],
      },
      `WGSL: head is at @group(0) @binding(0): it is written to, and the manifest's "head" of scope "lease" can only be read`,
    ],
    [
      'one buffer at two places, written at one',
      program(`${head} ${out}`, copy),
      { bindings: [['out', 'out']] },
      `WGSL: head is at @group(0) @binding(0): the manifest's "out" is bound as out too, and "main" writes to it`,
    ],
    [
      'more storage buffers than every GPU has',
      program(`${out} ${eight}`, `out[0] = ${sum};`),
      nine,
      'WGSL: "main" uses 10 storage buffers; at most 8 are allowed without requires.limits.maxStorageBuffersPerShaderStage',
    ],
  ])('%s', (_, text, change, message) => {
    expect(() => layout(text, change)).toThrow(message)
    expect(() => layout(text, change)).toThrow(Failure)
  })

  test('unless the limit is required', () => {
    const requires = { limits: { maxStorageBuffersPerShaderStage: 10 } }
    expect(layout(program(`${out} ${eight}`, `out[0] = ${sum};`), { ...nine, requires }).flat()).toHaveLength(
      10,
    )
  })
})
