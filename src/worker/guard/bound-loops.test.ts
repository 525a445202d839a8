import { describe, expect, test } from 'vitest'
import { boundLoops } from './bound-loops.ts'

const spent = { group: 1, binding: 0 }
const bound = (text: string, loopBound = 100): string => boundLoops(text, ['main'], { loopBound, spent }).text
const guards = (text: string): number => text.match(/weft_spent\[0\] = 1u;/g)?.length ?? 0
const stepsOf = (text: string, loopBound = 100): number =>
  boundLoops(text, ['main'], { loopBound, spent }).steps.get('main') ?? 0

describe('loops', () => {
  test('an endless loop gets a turn counter, its check and a flag, on the same lines', () => {
    expect(bound('fn main() {\n  while (true) {\n  }\n}')).toBe(
      'fn main() { var weft_turns_0 = 0u;\nwhile (( (true)) & (weft_turns_0 <= 100u)) { weft_turns_0 = weft_turns_0 + 1u;\n} if ((weft_turns_0 > 100u)) { weft_spent[0] = 1u; }\n}\n' +
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
    const shared = boundLoops(text, ['main'], { loopBound: 65_536, spent })
    expect(shared.text).toContain('weft_steps = weft_steps + 2u;')
    expect(shared.text).toContain('var<private> weft_steps = 0u;')
    expect(shared.steps.get('main')).toBeLessThan(2 ** 24 + 100)
  })

  test('which a barrier forbids', () => {
    const text = 'fn inner() { loop { } } fn main() { loop { inner(); workgroupBarrier(); } }'
    expect(() => boundLoops(text, ['main'], { loopBound: 65_536, spent })).toThrow(
      /line 1: workgroupBarrier cannot stand/,
    )
    expect(bound(text)).toContain('workgroupBarrier')
  })

  test('calls that double with each function are refused', () => {
    const layers = Array.from({ length: 40 }, (_, i) => `fn f${i}() { f${i + 1}(); f${i + 1}(); }`).join(' ')
    expect(() => bound(`${layers} fn f40() { } fn main() { f0(); }`)).toThrow(
      /with all its calls written out/,
    )
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
})

describe('loops whose text proves their turns', () => {
  const isFree = (head: string, body = ''): boolean =>
    guards(bound(`const N = 16; const M: u32 = N * 4u; fn main() { for (${head}) { ${body} } }`)) === 0

  test.each([
    ['var i = 0; i < 10; i++'],
    ['var i = 0u; i <= 99u; i += 1u'],
    ['var i: u32 = 5; i < N; i = i + 2'],
    ['var i = 0u; i < M; i++'],
  ])('%s needs no counter', (head) => {
    expect(isFree(head, 'x = x + i; if (i == 3 && x >= i) { continue; }')).toBe(true)
  })

  test.each([
    ['more turns than the bound', 'var i = 0; i < 101; i++', ''],
    ['a bound that is no constant', 'var i = 0; i < n; i++', ''],
    ['another variable in the condition', 'var i = 0; j < 10; i++', ''],
    ['another variable in the step', 'var i = 0; i < 10; j++', ''],
    ['a step of nothing', 'var i = 0; i < 10; i += 0', ''],
    ['a step down', 'var i = 10; i < 11; i--', ''],
    ['a float', 'var i = 0.0; i < 10; i += 1', ''],
    ['a half float', 'var i: f16 = 0; i < 10; i += 1', ''],
    ['no condition', 'var i = 0; ; i++', ''],
    ['more in the condition', 'var i = 0; i < 10 || true; i++', ''],
    ['a body that writes', 'var i = 0; i < 10; i++', 'i = 0;'],
    ['a body that adds', 'var i = 0; i < 10; i++', 'i -= 1;'],
    ['a body that shifts', 'var i = 1; i < 10; i++', 'i >>= 1u;'],
    ['a body that counts down', 'var i = 0; i < 10; i++', 'i--;'],
    ['a body that writes in parentheses', 'var i = 0; i < 10; i++', '((i)) = 0;'],
    ['a body that takes the address', 'var i = 0; i < 10; i++', 'let p = &i; *p = 0;'],
    ['an address in parentheses', 'var i = 0; i < 10; i++', 'set(&(i));'],
    ['a constant that is declared twice', 'var i = 0; i < N; i++', 'let N = 5;'],
  ])('%s keeps it', (_, head, body) => {
    expect(isFree(head, body)).toBe(false)
  })

  test('nested ones are multiplied', () => {
    const nest = (a: number, b: number): number =>
      guards(bound(`fn main() { for (var i = 0; i < ${a}; i++) { for (var j = 0; j < ${b}; j++) { } } }`))
    expect(nest(10, 10)).toBe(0)
    expect(nest(10, 11)).toBe(1)
    expect(nest(101, 11)).toBe(1)
    expect(nest(101, 33)).toBe(2)
  })

  test('the bound of steps counts their turns and not the bound', () => {
    expect(stepsOf('fn main() { for (var i = 0; i < 10; i++) { } }')).toBe(11)
    expect(stepsOf('fn main() { while (x) { for (var i = 0; i < 10; i++) { } } }')).toBe(1 + 101 * 11)
  })

  test('a type of the program may not take the name of an integer, which could hide a float that stops counting', () => {
    expect(() => bound('alias u32 = f16; fn main() { }')).toThrow('line 1: u32 has a meaning already')
  })
})

describe('code without loops', () => {
  test('long bodies and functions that are called count as more steps', () => {
    const long = 'x = x + 1; '.repeat(1000)
    expect(stepsOf(`fn main() { ${long} }`)).toBe(24)
    expect(stepsOf(`fn other() { ${long} } fn main() { while (x) { other(); } }`)).toBe(1 + 101 * (1 + 24))
  })

  const copies = (type: string, statement: string, more = ''): number =>
    stepsOf(
      `${more} var<private> a: ${type}; var<private> b: ${type}; fn main() { while (x) { ${statement} } }`,
    )
  const big = 'array<u32, 4096>'
  test.each([
    ['assigned', big, 'a = b;', ''],
    ['declared', big, 'var c: array<u32, 4096>;', ''],
    ['copied to a let', big, 'let c = a;', ''],
    ['in a struct', 'S', 'a.m = b.m;', `struct S { m: ${big} }`],
    ['under another name', 'T', 'a = b;', `alias T = ${big};`],
    ['of a size by constants', 'array<u32, N * N>', 'a = b;', 'const N = 64;'],
    ['in an array', `array<${big}, 2>`, 'a[0] = b[1];', ''],
    ['through a pointer', big, 'let p = &a; b = *p;', ''],
    ['made anew', big, `b = ${big}();`, ''],
    ['passed on', big, 'f(a);', `fn f(v: ${big}) { }`],
    ['returned', big, 'b = f();', `fn f() -> ${big} { return a; }`],
    ['of a type that follows', 'array<u32, 1024>', 'let c = array(a, a, a, a);', ''],
    ['loaded for a workgroup', big, 'let c = workgroupUniformLoad(&a);', ''],
  ])('a large array that is %s counts as its words', (_, type, statement, more) => {
    expect(copies(type, statement, more)).toBeGreaterThan(100 * 16)
    expect(copies(type, statement, more)).toBeLessThan(100 * 100)
  })

  test.each([
    ['elements that are numbers', big, 'a[i] = b[j];'],
    ['computing', big, 'let c = a[0] * b[1] + 5;'],
    ['a small array', 'array<u32, 16>', 'a = b;'],
    ['atomics, which cannot be copied', 'array<atomic<u32>, 65536>', 'let c = atomicLoad(&a[5]);'],
    ['a buffer without a size', 'array<u32>', 'a[0] = b[0];'],
  ])('%s does not', (_, type, statement) => {
    expect(copies(type, statement)).toBe(102)
  })

  test.each([
    ['a value over 64 KiB', 'array<u32, 16385>', 'a value of 65540 bytes; at most 65536 are allowed'],
    ['one by its nesting', 'array<array<vec4f, 128>, 64>', 'a value of 131072 bytes'],
    [
      'a size that is hidden in parentheses',
      'array<u32, (1 << 20)>',
      'the size of an array must be a number',
    ],
    ['a size that is hidden', 'array<u32, 1 << 20>', 'the size of an array must be a number'],
  ])('%s is refused', (_, type, message) => {
    expect(() => copies(type, 'a = b;')).toThrow(message)
  })

  test('arrays whose types follow from each other cannot grow without end', () => {
    const grow = Array.from({ length: 12 }, (_, i) => `let v${i + 1} = array(v${i}, v${i}, v${i}, v${i});`)
    const more = 'var<private> v0: array<u32, 32>;'
    expect(() => copies('u32', grow.join(' '), more)).toThrow('a value of')
  })

  test('a size by override belongs to workgroup memory and is not copied', () => {
    expect(copies('array<f32, side>', 'a[0] = b[0];', 'override side = 8u;')).toBe(102)
  })
})

test('a thousand functions that call each other in a row are read', () => {
  const chain = Array.from({ length: 998 }, (_, i) => `fn f${i}() { f${i + 1}(); }`).join(' ')
  expect(stepsOf(`${chain} fn f998() { } fn main() { f0(); }`)).toBe(1000)
})
