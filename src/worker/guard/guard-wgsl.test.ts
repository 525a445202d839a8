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
    [
      'a binding of hidden place',
      main('', '@group(0) @binding(1 << 1) var<uniform> u: u32;'),
      'compile: WGSL line 1: @group and @binding of u must be numbers',
    ],
    [
      'a buffer that only a called function uses, where the manifest binds none',
      main(
        'f();',
        '@binding(7) @group(0) var<storage,> far: array<u32>; fn f() { g(); } fn g() { _ = far[0]; }',
      ),
      'refused: WGSL: far is at @group(0) @binding(7)',
    ],
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
    const byId = { ...pass(17), overrides: { 7: 4 } }
    expect(refusal(numbered, { program: { passes: [byId] } })).toBe('accepted')
  })

  test('a value for an override that is not there is refused with the names that are', () => {
    const refusalOf = (more: string, name: string): string => {
      const pass = { entry: 'main', bindings: [['head', 'out']], dispatch: [1], overrides: { [name]: 4 } }
      return refusal(main('', more), { program: { passes: [pass] } })
    }
    expect(refusalOf('override side = 8u;', 'side')).toBe('accepted')
    expect(refusalOf('override side = 8u; @id(2 + 5) override far: u32;', 'sied')).toContain(
      'refused: WGSL: the manifest gives a value to the override "sied"; the program has the overrides side, 7',
    )
    expect(refusalOf('@id(7) override far = 1;', 'far')).toContain('the program has the overrides 7')
    expect(refusalOf('', 'side')).toContain('the program has no overrides')
    expect(refusalOf('@id(N) override far = 1;', '7')).toContain(
      'compile: WGSL line 1: @id of far must be a number',
    )
  })

  test('a larger workgroup, in hexadecimal or with a suffix, must be required', () => {
    const text = main('').replace('workgroup_size(1)', 'workgroup_size(0x10, 17u)')
    const requires = { limits: { maxComputeInvocationsPerWorkgroup: 272 } }
    expect(refusal(text)).toContain('a workgroup of 272')
    expect(refusal(text, { program: { requires } })).toBe('accepted')
  })

  test('a place may be a constant, and a variable that no pass uses is left out', () => {
    const more = 'const N = 1; @group(N) @binding(N * 2 + 1) var<storage, read_write> far: array<u32>;'
    expect(refusal(main('', more))).toBe('accepted')
    expect(refusal(main('far[0] = 1u;', more))).toContain('far is at @group(1) @binding(3)')
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

describe('reading costs the same for each byte of the text', () => {
  const nested = (depth: number): string => `${'array<'.repeat(depth)}u32${',1>'.repeat(depth)}`
  const rows: readonly (readonly [string, (size: number) => string])[] = [
    [
      'lists that never end',
      (size) => `var<private> q: array<u32, 32>; fn f() { ${'a:b<'.repeat(size / 4)} }`,
    ],
    [
      'arrays in arrays',
      (size) => Array.from({ length: size / 2_200 }, (_, i) => `alias A${i} = ${nested(240)};`).join(''),
    ],
    [
      'structs in structs',
      (size) =>
        Array.from(
          { length: size / 30 },
          (_, i) => `struct S${i} { a: ${i > 0 ? `S${i - 1}` : 'u32'} }`,
        ).join(''),
    ],
    ['structs without an end', (size) => 'struct a b:c '.repeat(size / 13)],
  ]

  test.each(rows)('%s', (_, make) => {
    const reads = (size: number): number => {
      const text = make(size)
      let count = 0
      const { exec } = RegExp.prototype
      RegExp.prototype.exec = function (this: RegExp, word: string) {
        count += 1
        return exec.call(this, word)
      }
      try {
        refusal(main('', text))
      } finally {
        RegExp.prototype.exec = exec
      }
      return count
    }
    expect(reads(56_000)).toBeLessThan(8 * reads(14_000))
  })
})
