import { describe, expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import { testSource } from '../test-job.ts'
import { guardWgsl } from './guard-wgsl.ts'

const bindings =
  '@group(0) @binding(0) var<storage, read> head: array<u32>; @group(0) @binding(1) var<storage, read_write> out: array<u32>;'
const main = (body: string, more = ''): string =>
  `${bindings} ${more} @compute @workgroup_size(1) fn main() { ${body} out[0] = head[0]; }`

function refusal(text: string, options: Parameters<typeof testSource>[1] = {}): string {
  const code = new TextEncoder().encode(text)
  const { manifest } = testSource(code, { executor: 'wgsl', ...options })
  try {
    guardWgsl(code, manifest)
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`
    throw error
  }
  return 'accepted'
}

describe('checks', () => {
  test('a plain kernel is accepted, and its layout known', () => {
    const code = new TextEncoder().encode(main('loop { break; }'))
    const guarded = guardWgsl(code, testSource(code, { executor: 'wgsl' }).manifest)
    expect(guarded).toMatchObject({
      passes: [{ pass: { entry: 'main' }, workgroup: 1 }],
      spent: { group: 1, binding: 0 },
    })
  })

  test.each([
    ['a texture', main('', '@group(0) @binding(2) var t: texture_2d<f32>;'), 'unsupported: WGSL: textures'],
    [
      'a storage texture',
      main('', '@group(0) @binding(2) var t: texture_storage_2d<rgba8unorm, write>;'),
      'unsupported: WGSL: textures',
    ],
    ['a sampler', main('', '@group(0) @binding(2) var t: sampler;'), 'unsupported: WGSL: textures'],
    [
      'a large workgroup',
      main('').replace('workgroup_size(1)', 'workgroup_size(16, 17)'),
      'refused: WGSL: "main" has a workgroup of 272',
    ],
    [
      'no compute entry point',
      main('').replace('@compute @workgroup_size(1)', ''),
      'refused: WGSL: "main" is not marked @compute',
    ],
    ['too much text', main(`/*${'x'.repeat(65_536)}*/`).slice(0, 65_000) + '*/}'.repeat(300), 'oversized'],
    ['a form that cannot be read', main('let = ;'), 'compile: WGSL: cannot be read'],
  ])('%s is refused', (_, text, message) => {
    const bytes = new TextEncoder().encode(text).length
    if (bytes > 65_536)
      expect(() => testSource(new TextEncoder().encode(text), { executor: 'wgsl' })).toThrow('65536')
    else expect(refusal(text)).toContain(message)
  })

  test('workgroup sizes by override count with the value of the manifest', () => {
    const text = main('', 'override side = 8u;').replace('workgroup_size(1)', 'workgroup_size(side, side)')
    const pass = (side: number): object => ({
      entry: 'main',
      bindings: [['head', 'out']],
      dispatch: [1],
      overrides: { side },
    })
    expect(refusal(text, { program: { passes: [pass(16)] } })).toBe('accepted')
    expect(refusal(text, { program: { passes: [pass(17)] } })).toContain('a workgroup of 289')
    const numbered = text.replace('override side', '@id(7) override side')
    const byId = { ...pass(17), overrides: { 7: 4, side: 17 } }
    expect(refusal(numbered, { program: { passes: [byId] } })).toBe('accepted')
  })

  test('a larger workgroup, in hexadecimal or with a suffix, must be required', () => {
    const text = main('').replace('workgroup_size(1)', 'workgroup_size(0x10, 17u)')
    const requires = { limits: { maxComputeInvocationsPerWorkgroup: 272 } }
    expect(refusal(text)).toContain('a workgroup of 272')
    expect(refusal(text, { program: { requires } })).toBe('accepted')
  })

  test('each pass has the limits of its own entry point, and all share the place of the flag', () => {
    const text = main('loop { break; }', '@compute @workgroup_size(8, 4) fn other() { out[0] = 1u; }')
    const first = { entry: 'main', bindings: [['head', 'out']], dispatch: [1] }
    const other = { entry: 'other', bindings: [['head', 'out'], [], ['head']], dispatch: [1] }
    const code = new TextEncoder().encode(text)
    const passes = [first, { repeat: 2, passes: [other] }]
    const { manifest } = testSource(code, { executor: 'wgsl', program: { passes } })
    const guarded = guardWgsl(code, manifest)
    expect(guarded.passes.map(({ workgroup }) => workgroup)).toEqual([1, 32])
    expect(guarded.spent).toEqual({ group: 3, binding: 0 })
  })

  test('bytes that are no UTF-8 are refused', () => {
    const code = Uint8Array.of(0xff, 0xfe)
    expect(() => guardWgsl(code, testSource(code, { executor: 'wgsl' }).manifest)).toThrow('not UTF-8')
  })
})
