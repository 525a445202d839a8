/** A hostile kernel: its text, what the sandbox must say of it or of its unit 7, and its program where it is not the usual one. */
export type WgslCase = {
  readonly name: string
  readonly text: string
  readonly says: RegExp
  readonly program?: Readonly<Record<string, unknown>>
  readonly manifest?: Readonly<Record<string, unknown>>
}

const bindings = `@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;`
const main = (body: string, more = ''): string =>
  `${more}\n${bindings}\n@compute @workgroup_size(1)\nfn main() { ${body}\nout[0] = head[0]; }`
const pass = (dispatch: readonly (number | string)[]): Record<string, unknown> => ({
  passes: [{ entry: 'main', bindings: [['head', 'out']], dispatch }],
})
const buffers = (bytes: number | string): Record<string, unknown> => ({
  buffers: [
    { name: 'head', bytes: 4, init: [{ u32: ['$i'] }] },
    { name: 'out', bytes },
  ],
})
const ended = (name: string, text: string): WgslCase => ({ name, text, says: /^7 fuel: / })
const refused = (name: string, text: string, says: RegExp): WgslCase => ({ name, text, says })
const doubling = Array.from({ length: 40 }, (_, i) => `fn f${i}() { f${i + 1}(); f${i + 1}(); }`).join(' ')
const growing = Array.from({ length: 12 }, (_, i) => `let v${i + 1} = array(v${i}, v${i}, v${i}, v${i});`)

/** Loops that never end, however they are written: each must end by its bound, and say so. */
const endless: readonly WgslCase[] = [
  ended('while (true)', main('while (true) { }')),
  ended('an endless for', main('for (;;) { out[0] = out[0] + 1u; }')),
  ended('a loop whose continuing never breaks', main('loop { continuing { break if false; } }')),
  ended(
    'a loop in continuing',
    main('loop { continuing { loop { if (head[0] == 0u) { break; } } break if true; } }'),
  ),
  ended(
    'endless loops in each other',
    main('while (true) { for (;;) { loop { if (head[0] == 0u) { break; } } } }'),
  ),
  ended(
    'a loop that calls a loop that calls a loop',
    main(
      'loop { b(); if (head[0] == 0u) { break; } }',
      'fn a() { while (head[0] != 0u) { } } fn b() { loop { a(); if (head[0] == 0u) { break; } } }',
    ),
  ),
  ended('a loop behind the end of a line that is no \\n', main('let x = 1u; // \u2028 while (true) { }')),
  ended('a loop behind nested comments', main('/* /* */ */ while (true) { }')),
  ended('a counter that the body sets back', main('for (var i = 0u; i < 10u; i++) { i = 0u; }')),
  ended(
    'a counter set back through a pointer',
    main('for (var i = 0u; i < 10u; i++) { let p = &i; *p = 0u; }'),
  ),
  ended(
    'a counter set back in a function',
    main('for (var i = 0u; i < 10u; i++) { back(&i); }', 'fn back(p: ptr<function, u32>) { *p = 0u; }'),
  ),
  ended('a counter that wraps around', main('for (var i = 0u; i <= 4294967295u; i++) { }')),
  ended('a counter that steps by nothing', main('for (var i = 0u; i < 10u; i += 0u) { }')),
  ended('a float that stops counting', main('for (var f = 0.0; f < 20000000.0; f += 1.0) { }')),
  ended(
    'a lock that nobody opens',
    main('while (atomicLoad(&lock) == 0u) { }', 'var<workgroup> lock: atomic<u32>;'),
  ),
  ended(
    'a loop that only a switch leaves',
    main('loop { switch head[0] { case 0u: { return; } default: { break; } } }'),
  ),
  ended('a condition with parentheses all around', main('while (((((head[0] == 7u))))) { }')),
]

/** What is refused when the kernel is loaded. */
const unloadable: readonly WgslCase[] = [
  refused(
    'a condition that closes parentheses it did not open',
    main('while (true) | (head[0] == 0u)) || ((true) { }'),
    /^compile/,
  ),
  refused('calling itself', main('f();', 'fn f() { f(); }'), /^compile: .*calls itself/),
  refused('calls that double forty times', main('f0();', `${doubling} fn f40() { }`), /^refused/),
  refused('the flag of the guard', main('weft_spent[0] = 0u;'), /^refused: .*weft_/),
  refused(
    'the counter of the guard',
    main('var weft_turns_0 = 0u; while (true) { weft_turns_0 = 0u; }'),
    /^refused: .*weft_/,
  ),
  refused(
    'the place of the flag',
    main('while (true) { x[0] = 0u; }', '@group(1) @binding(0) var<storage, read_write> x: array<u32>;'),
    /^(?:refused|compile)/,
  ),
  refused(
    'another buffer than those of the manifest',
    main('x[0] = 0u;', '@group(0) @binding(7) var<storage, read_write> x: array<u32>;'),
    /^refused/,
  ),
  refused(
    'an integer that is a half float',
    main('var i: u32 = 0;', 'enable f16; alias u32 = f16;'),
    /^refused/,
  ),
  refused('a type that contains itself', main('', 'struct S { a: array<S, 2> }'), /^compile/),
  refused(
    'a copy of half a MiB',
    main('let x = big;', 'var<private> big: array<array<vec4f, 256>, 128>;'),
    /^refused: .*a value of/,
  ),
  refused(
    'arrays of arrays of arrays, without a type',
    main(growing.join(' '), 'var<private> v0: array<u32, 32>;'),
    /^refused: .*a value of/,
  ),
  refused(
    'an array of hidden size',
    main('let x = big;', 'var<private> big: array<u32, 1 << 28>;'),
    /^refused: .*size of an array/,
  ),
  refused(
    'a workgroup of 1024',
    main('').replace('workgroup_size(1)', 'workgroup_size(1024)'),
    /^(?:refused|compile)/,
  ),
  refused(
    'a GiB of workgroup memory',
    main('tile[0] = 1u;', 'var<workgroup> tile: array<atomic<u32>, 268435456>;').replace(
      'tile[0] = 1u',
      'atomicStore(&tile[0], 1u)',
    ),
    /^(?:refused|compile|memory)/,
  ),
  refused('a texture', main('', '@group(0) @binding(2) var t: texture_2d<f32>;'), /^unsupported/),
  refused('an extension that does not exist', main('', 'enable everything;'), /^compile/),
  refused(
    'a barrier that not all reach',
    main('if (id.x == 0u) { workgroupBarrier(); }').replace(
      'main()',
      'main(@builtin(local_invocation_id) id: vec3u)',
    ),
    /^compile/,
  ),
  refused(
    'ten thousand parentheses',
    main(`let x = ${'('.repeat(10_000)}1u${')'.repeat(10_000)};`),
    /^compile/,
  ),
  refused('three hundred blocks in each other', main('{'.repeat(300) + '}'.repeat(300)), /^compile/),
  refused('a string of script', '</script><script>fetch("/")</script>', /^(?:compile|refused)/),
  refused('a zero byte', main('let x = 1u;\u0000'), /^compile/),
]

/** What is refused, or without effect, when a unit runs. */
const running: readonly WgslCase[] = [
  {
    name: 'a copy of a large array in each of many turns',
    text: main(
      'while (head[0] != 0u) { a = b; }',
      'var<private> a: array<u32, 1024>; var<private> b: array<u32, 1024>;',
    ),
    says: /^7 (?:refused|fuel)/,
    program: pass([60_000, 16]),
    manifest: { limits: { loopBound: 65_536 } },
  },
  {
    name: 'writing far outside a buffer',
    text: main('out[head[0] * 123456789u] = 1u; out[4294967295u] = 1u;'),
    says: /^7 = 7$/,
  },
  {
    name: 'reading far outside a buffer',
    text: main('out[0] = head[4294967295u] + out[1073741824u];'),
    says: /^7 = 7$/,
  },
  {
    name: 'sixty thousand times sixty thousand workgroups',
    text: main(''),
    says: /^7 refused: .*invocations/,
    program: pass([60_000, 60_000]),
  },
  {
    name: 'more workgroups than a dispatch can have',
    text: main(''),
    says: /^7 malformed: .*dispatch/,
    program: pass([70_000]),
  },
  { name: 'no workgroup at all', text: main(''), says: /^7 malformed: .*dispatch/, program: pass([0]) },
  {
    name: 'more steps than the device may be given',
    text: main('while (head[0] != 0u) { }'),
    says: /^7 refused: .*more than this device/,
    program: pass([60_000, 200]),
    manifest: { limits: { loopBound: 2 ** 24 } },
  },
  {
    // 2^38 steps: 65 536 invocations, 14 000 turns of a loop that cost 289 each.
    name: 'as many steps as the device may be given, and as dear as they come',
    text: main(
      'var f = f32(head[0]); for (var i = 0u; i < 14000u; i++) { f = pow(f, 1.01); } out[1] = u32(f);',
    ).replace('workgroup_size(1)', 'workgroup_size(64)'),
    says: /^7 = 7$/,
    program: pass([1024]),
    manifest: { limits: { loopBound: 65_536, timeMs: 120_000 } },
  },
  { name: 'a buffer of 300 MB', text: main(''), says: /^7 memory/, program: buffers(300_000_000) },
  {
    name: 'a buffer whose size overflows',
    text: main(''),
    says: /^7 (?:malformed|memory)/,
    program: buffers('9007199254740991 * 2'),
  },
  {
    name: 'an output over its limit',
    text: main(''),
    says: /^7 oversized/,
    program: buffers(4096),
    manifest: { outputs: [{ name: 'out', type: 'u32', bytes: 4096 }] },
  },
]

/** Kernels of WGSL that attack the sandbox. Their loops may turn 1000 times if not said otherwise. */
export const wgslCases: readonly WgslCase[] = [...endless, ...unloadable, ...running]
