import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import { DEEP_MS, runs } from '../fuzz.ts'
import { boundLoops } from './bound-loops.ts'
import { runWgsl } from './test-wgsl.ts'
import { readTokens } from './wgsl-tokens.ts'

vi.setConfig({ testTimeout: DEEP_MS })

const spent = { group: 1, binding: 0 }
const LOOP = /^(?:loop|for|while)$/

const name = fc.constantFrom('a', 'b', 'c')
const condition = fc
  .tuple(name, fc.constantFrom('<', '>', '==', '!=', '<=', '>='), fc.nat(40))
  .map(([left, sign, right]) => `${left} ${sign} ${right}u`)
const assignment = fc
  .tuple(name, name, fc.constantFrom('+', '*', '^'), fc.nat(9))
  .map(([to, from, sign, by]) => `${to} = (${from} ${sign} ${by}u) & 63u;`)
const block = (statements: readonly string[]): string => `{ ${statements.join('\n')} }`

/** Statements, nested up to a depth, that may call the functions before theirs. */
function statements(depth: number, callees: number, isInLoop: boolean): fc.Arbitrary<string[]> {
  const simple: fc.Arbitrary<string>[] = [assignment, assignment]
  if (callees > 0) simple.push(fc.nat(callees - 1).map((callee) => `f${callee}();`))
  if (isInLoop) simple.push(fc.constantFrom('break;', 'continue;').map((end) => `if (a == 7u) { ${end} }`))
  if (depth === 0) return fc.array(fc.oneof(...simple), { maxLength: 3 })
  const inner = statements(depth - 1, callees, true)
  const plain = statements(depth - 1, callees, isInLoop)
  const last = statements(0, callees, false)
  const index = fc.constantFrom('i', 'j')
  return fc.array(
    fc.oneof(
      ...simple,
      fc.tuple(condition, plain).map(([when, body]) => `if (${when}) ${block(body)}`),
      fc.tuple(condition, inner).map(([when, body]) => `while (${when}) ${block(body)}`),
      fc.tuple(condition, inner).map(([when, body]) => `while ${when} ${block(body)}`),
      fc
        .tuple(index, fc.nat(12), inner)
        .map(([i, to, body]) => `for (var ${i} = 0u; ${i} < ${to}u; ${i}++) ${block(body)}`),
      fc
        .tuple(index, fc.nat(12), inner)
        .map(
          ([i, to, body]) => `for (var ${i} = 0u; ${i} < ${to}u; ${i}++) ${block([...body, `${i} = a;`])}`,
        ),
      fc.tuple(condition, inner).map(([when, body]) => `for (; ${when}; a = (a + 1u) & 63u) ${block(body)}`),
      inner.map((body) => `for (;;) ${block(body)}`),
      inner.map((body) => `loop ${block(body)}`),
      fc
        .tuple(inner, last, condition)
        .map(
          ([body, end, when]) =>
            `loop { ${body.join('\n')} continuing { ${end.join(' ')} break if ${when}; } }`,
        ),
    ),
    { maxLength: 3 },
  )
}

const program = fc
  .tuple(statements(1, 0, false), statements(2, 1, false), statements(2, 2, false))
  .map(
    ([first, second, main]) =>
      `var<private> a = 1u; var<private> b = 2u; var<private> c = 3u;\nfn f0() ${block(first)}\nfn f1() ${block(second)}\nfn main() ${block(main)}`,
  )

test('random programs end within the steps that were promised, and give what they gave unless they say they were cut', () => {
  let [cut, same] = [0, 0]
  fc.assert(
    fc.property(program, fc.constantFrom(3, 20, 200), (text, loopBound) => {
      const guarded = boundLoops(text, ['main'], { loopBound, spent })
      // A step may enter each loop only to find that it must not turn.
      const loops = text.match(/\b(?:loop|for|while)\b/g)?.length ?? 0
      const steps = (guarded.steps.get('main') ?? 0) * (1 + loops)
      const limit = 200_000
      const after = runWgsl(guarded.text, Math.min(steps, limit))
      if (steps <= limit) expect(after.isEnded).toBe(true)
      if (after.isSpent) cut += 1
      const before = runWgsl(text, limit)
      if (!before.isEnded || !after.isEnded) return
      if (!after.isSpent) {
        expect(after.numbers).toEqual(before.numbers)
        same += 1
      }
      if (before.turns <= loopBound && before.ticks < 2 ** 20) expect(after.isSpent).toBe(false)
      expect(guarded.text.split('\n').length - text.split('\n').length).toBe(guarded.hasLoops ? 2 : 0)
    }),
    { numRuns: runs(250) },
  )
  expect(same).toBeGreaterThan(20)
  expect(cut).toBeGreaterThan(10)
})

const pieces = fc.constantFrom(
  ...[
    'fn main() {',
    'fn f() {',
    '}',
    '{',
    'loop {',
    'for (;;) {',
    'while (x) {',
    'while x @a(b) {',
    'continuing {',
  ],
  ...[
    'for (var i = 0; i < 4; i++) {',
    'i = 0;',
    '&i',
    '(',
    ')',
    ';',
    ',',
    '=',
    '<',
    '>',
    '[',
    ']',
    '.',
    '@',
    '*',
    '/',
  ],
  ...[
    '/*',
    '*/',
    '//',
    '\n',
    '\r\n',
    '\u2028',
    '\u0085',
    'main()',
    'f();',
    'let a = 1;',
    'array<u32, 4096>',
    'array(',
  ],
  ...[
    'struct S { m: array<f32, 99>, }',
    'alias T = S;',
    'S()',
    'return a',
    ': T',
    'const N = 4;',
    'N',
    '1 << 20',
    '_x',
  ],
  ...['weft_turns_0', 'var', 'break if true;', 'switch a { default: {', '0x1p-3', '1.5f', 'ä', '\u0000', '#'],
)
const soup = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((list) => list.join(' ')),
  fc.array(pieces, { maxLength: 15 }).map((list) => `fn main() { ${list.join('')} }`),
  fc.tuple(program, fc.nat(), fc.nat(40), pieces).map(([text, at, length, piece]) => {
    const start = at % text.length
    return text.slice(0, start) + piece + text.slice(start + length)
  }),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

test('soup and damaged programs are a Failure, or text in which every loop has its guard', () => {
  let accepted = 0
  fc.assert(
    fc.property(soup, (text) => {
      let guarded: ReturnType<typeof boundLoops>
      try {
        guarded = boundLoops(text, [], { loopBound: 100, spent })
      } catch (error) {
        if (error instanceof Failure) return
        throw error
      }
      accepted += 1
      const words = readTokens(guarded.text).map((token) => token.text)
      const loops = words.filter((word) => LOOP.test(word)).length
      const counters = new Set(words.filter((word) => word.startsWith('weft_turns_')))
      // Without spaces, because damage puts ends of lines anywhere.
      const free = guarded.text.replace(/\s/g, '').match(/for\(var([ij])=0u?;\1<\d+u?;\1\+\+\)\{/g)
      expect(counters.size).toBeLessThanOrEqual(loops)
      expect(loops - counters.size).toBeLessThanOrEqual(free?.length ?? 0)
      for (const counter of counters)
        expect(words.filter((word) => word === counter).length).toBeGreaterThan(3)
    }),
    { numRuns: runs(1000) },
  )
  expect(accepted).toBeGreaterThan(20)
})

test('long and deep texts are read or refused, never too much for the reader', () => {
  const fill = (piece: string): string => piece.repeat(Math.floor(12_000 / piece.length))
  const texts = [
    ...[
      '(',
      '{',
      '[',
      '<',
      'array<',
      'loop{',
      'x=',
      'x=array(',
      'for(;;){',
      'const a=',
      '/*',
      '//',
      '}',
      'fn a(){',
    ],
    ...['alias a=array<a,2>;', 'struct a{b:array<a,2>}', 'array<array<u32,2>,2>(', '=x', 'a:array<'],
  ].flatMap((piece) => [fill(piece), `var<private> v: array<u32, 4096>; fn main() { ${fill(piece)}`])
  for (const text of texts) {
    try {
      boundLoops(text, [], { loopBound: 100, spent })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
})
