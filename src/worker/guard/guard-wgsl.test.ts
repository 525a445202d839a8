import { describe, expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import { testSource } from '../test-job.ts'
import { boundLoops } from './bound-loops.ts'
import { guardWgsl } from './guard-wgsl.ts'

const spent = { group: 1, binding: 0 }
const bound = (text: string, loopBound = 100): string => boundLoops(text, 'main', { loopBound, spent }).text
const bindings =
  '@group(0) @binding(0) var<storage, read> head: array<u32>; @group(0) @binding(1) var<storage, read_write> out: array<u32>;'
const main = (body: string, more = ''): string =>
  `${bindings} ${more} @compute @workgroup_size(1) fn main() { ${body} out[0] = head[0]; }`
const guards = (text: string): number => text.match(/>= 100u/g)?.length ?? 0

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

describe('loops', () => {
  test('an endless loop gets a turn counter, its check and a flag, on the same lines', () => {
    expect(bound('fn main() {\n  while (true) {\n  }\n}')).toBe(
      'fn main() { var weft_turns_0 = 0u;\nwhile (true) { if (weft_turns_0 >= 100u) { weft_spent[0] = 1u; break; } weft_turns_0 = weft_turns_0 + 1u;\n}\n}\n' +
        '@group(1) @binding(0) var<storage, read_write> weft_spent: array<u32, 1>;\n',
    )
  })

  test.each([
    ['for', 'for (var i = 0; ; i++) { }', 1],
    ['a for without anything', 'for(;;){}', 1],
    ['loop with continuing', 'loop { continuing { break if true; } }', 1],
    ['a loop with attributes', 'loop @diagnostic(off, a) { break; }', 1],
    ['nested', 'for (;;) { while true { loop { } } }', 3],
    ['side by side', 'loop { } loop { }', 2],
    ['in a switch', 'switch (x) { case 1: { loop { } } default { for (;;) { } } }', 2],
    ['in continuing', 'loop { continuing { loop { break; } } }', 2],
    ['hidden behind a line comment that ends', 'let a = 1; // } fn\n loop { }', 1],
    ['behind a line that ends by U+2028', 'let a = 1; //\u2028 loop { }', 1],
    ['behind a line that ends by U+0085', 'let a = 1; //\u0085 loop { }', 1],
    ['behind a lone carriage return', 'let a = 1; // \r loop { }', 1],
    ['only in comments', '/* loop { } /* for (;;) { } */ while (true) { } */ // loop { }\n', 0],
    ['after a nested comment', '/* /* */ */ loop { }', 1],
    ['cut by a comment', 'lo/**/op { }', 0],
    ['names that only look like loops', 'let loops = for_all + whiley; { }', 0],
  ])('%s', (_, body, count) => {
    expect(guards(bound(`fn main() { ${body} }`))).toBe(count)
  })

  test('comments are gone and lines stay', () => {
    const text = 'fn main() {\n/* a\n b */ let x = 1; // c\r\n loop { } }'
    expect(
      bound(text)
        .split('\n')
        .findIndex((line) => line.includes('loop')),
    ).toBe(3)
    expect(bound(text)).not.toMatch(/[abc]\s|\/\*|\/\//)
  })

  test('each function has its own counters', () => {
    const text = bound('fn other() { loop { } } fn main() { loop { } other(); }')
    expect(text).toContain('fn other() { var weft_turns_0 = 0u;')
    expect(text).toContain('fn main() { var weft_turns_1 = 0u;')
  })

  test('loops that call functions with loops are bounded together', () => {
    const text = 'fn inner() { loop { } } fn main() { loop { inner(); } }'
    expect(bound(text, 100)).not.toContain('weft_steps')
    const shared = boundLoops(text, 'main', { loopBound: 65_536, spent })
    expect(shared.text).toContain('weft_steps = weft_steps + 2u;')
    expect(shared.text).toContain('var<private> weft_steps = 0u;')
    expect(shared.steps).toBeLessThan(2 ** 24 + 100)
  })

  test('which a barrier forbids', () => {
    const text = 'fn inner() { loop { } } fn main() { loop { inner(); workgroupBarrier(); } }'
    expect(() => boundLoops(text, 'main', { loopBound: 65_536, spent })).toThrow(
      /line 1: workgroupBarrier cannot stand/,
    )
    expect(bound(text)).toContain('workgroupBarrier')
  })

  test('calls that double with each function are refused', () => {
    const layers = Array.from({ length: 40 }, (_, i) => `fn f${i}() { f${i + 1}(); f${i + 1}(); }`).join(' ')
    expect(() => bound(`${layers} fn f40() { } fn main() { f0(); }`)).toThrow(/more than 65536 calls/)
  })

  test.each([
    ['recursion', 'fn main() { main(); }', 'calls itself'],
    ['a long ring', 'fn a() { b(); } fn b() { a(); } fn main() { a(); }', 'calls itself'],
    ['a brace too few', 'fn main() { loop { }', 'never closed'],
    ['a brace too many', 'fn main() { } }', 'never opened'],
    ['a loop without a body', 'fn main() { loop }', 'has no body'],
    ['a loop in a loop head', 'fn main() { while loop { } }', 'cannot stand here'],
    ['a comment without an end', 'fn main() { /* /* */ }', 'a block comment has no end'],
    ['a letter beyond ASCII', 'fn main() { let ä = 1; }', 'line 1: the character U+00E4'],
    ['a byte of zero', 'fn main() {\n\u0000 }', 'line 2: the character U+0000'],
    [
      'a name of the sandbox',
      '\nvar<private> weft_spent: u32;\nfn main() { }',
      'line 2: names that begin with "weft_"',
    ],
    ['no entry point', 'fn other() { }', 'the entry point "main" is not there'],
  ])('%s is refused', (_, text, message) => {
    expect(() => bound(text)).toThrow(message)
  })

  test('random pieces give WGSL with a guard for each loop, or a Failure', () => {
    const pieces = [
      'fn main() {',
      '}',
      '{',
      'loop',
      'for (;;)',
      'while (x)',
      '/*',
      '*/',
      '//',
      '\n',
      'main()',
      'let a = 1;',
      '\u2028',
      '(',
      ')',
    ]
    let seed = 7
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    let accepted = 0
    for (let round = 0; round < 20_000; round += 1) {
      const middle = Array.from({ length: next(12) }, () => pieces[next(pieces.length)]).join(' ')
      try {
        const text = bound(`fn main() { ${middle} }`)
        accepted += 1
        expect(guards(text)).toBe(text.match(/\b(loop|for|while)\b/g)?.length ?? 0)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
      }
    }
    expect(accepted).toBeGreaterThan(500)
  })
})

describe('checks', () => {
  test('a plain kernel is accepted, and its layout known', () => {
    const code = new TextEncoder().encode(main('loop { break; }'))
    const guarded = guardWgsl(code, testSource(code, { executor: 'wgsl' }).manifest)
    expect(guarded).toMatchObject({
      groups: [
        [
          { buffer: 'head', type: 'read-only-storage' },
          { buffer: 'out', type: 'storage' },
        ],
      ],
      spent: { group: 1, binding: 0 },
      workgroup: 1,
    })
  })

  const twelve = Array.from({ length: 12 }, (_, i) => i)
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
      'refused: WGSL: a workgroup of 272',
    ],
    [
      'a buffer that the manifest does not bind',
      main('extra[0] = 1;', '@group(2) @binding(5) var<storage, read_write> extra: array<u32>;'),
      'refused: WGSL: extra is at @group(2) @binding(5)',
    ],
    [
      'a uniform that the manifest calls storage',
      main('')
        .replace('var<storage, read> head: array<u32>', 'var<uniform> head: vec4u')
        .replace('head[0]', 'head.x'),
      'refused: WGSL: head is not a storage buffer',
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
  })

  test('bytes that are no UTF-8 are refused', () => {
    const code = Uint8Array.of(0xff, 0xfe)
    expect(() => guardWgsl(code, testSource(code, { executor: 'wgsl' }).manifest)).toThrow('not UTF-8')
  })

  test('nine storage buffers cannot even be declared by the manifest', () => {
    const buffers = twelve.slice(0, 9).map((i) => ({ name: i === 0 ? 'out' : `b${i}`, bytes: 4 }))
    expect(() => refusal(main(''), { program: { buffers } })).toThrow('at most 8')
  })
})
