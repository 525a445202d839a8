import type { Constants } from './constants.ts'
import { evaluate } from './constants.ts'
import type { Loop, Solid } from './outline.ts'

const WORD = /^[A-Za-z_]/
/** Far from where a number of 32 bits wraps around. */
const MAX_BOUND = 2 ** 24
/** What follows a name that is written to: `=`, `+=`, `++` and so on, but not `==` and `=` after a comparison. */
const WRITES = /^(?:=(?!=)|(?:[-+*/%&|^]|<<|>>)=|\+\+|--)/

/** Finds how often a loop turns, where its text alone proves that; undefined elsewhere. */
export type TurnsOf = (loop: Loop) => number | undefined

/**
 * Finds the loops `for (var i = A; i < B; i++)` (or `i <= B`, or steps by a number) whose bounds are whole numbers, or names of
 * module constants that are, and whose variable nothing in the body writes or takes the address of.
 */
export function countTurns(solid: readonly Solid[], constants: Constants): TurnsOf {
  const number = (text = ''): number | undefined => {
    const value = evaluate([{ text }], constants)
    return value === undefined || value > MAX_BOUND ? undefined : value
  }
  return ({ keyword, condition, brace, end }) => {
    if (condition === undefined || solid[keyword]?.text !== 'for') return undefined
    const text = (from: number, to: number): string[] => solid.slice(from, to).map((token) => token.text)
    const [name = '', from] = readInit(text(keyword + 2, condition[0] - 1))
    const test = text(...condition)
    const isInclusive = test[2] === '='
    const step = readStep(text(condition[1] + 1, brace), name)
    const limit =
      test.length === (isInclusive ? 4 : 3) && test[0] === name && test[1] === '<' ? test.at(-1) : ''
    const [first, last, by] = [number(from), number(limit), number(step)]
    if (first === undefined || last === undefined || by === undefined || by < 1) return undefined
    if (isWritten(text(brace, end), name)) return undefined
    return Math.max(0, Math.ceil((last + (isInclusive ? 1 : 0) - first) / by))
  }
}

/** `var i = 0u` or `var i: u32 = 0`. */
function readInit(init: readonly string[]): readonly [name?: string, from?: string] {
  const [keyword, name, ...rest] = init
  if (keyword !== 'var' || name === undefined || !WORD.test(name)) return []
  const value = rest[0] === ':' && (rest[1] === 'u32' || rest[1] === 'i32') ? rest.slice(2) : rest
  return value.length === 2 && value[0] === '=' ? [name, value[1] ?? ''] : []
}

/** `i++)`, `i += 2)` or `i = i + 2)`, up to the body. */
function readStep(update: readonly string[], name: string): string | undefined {
  const text = update.join(' ')
  if (text === `${name} + + )`) return '1'
  const [, step] = / (?:\+ =|= \S+ \+) (\S+) \)$/.exec(text) ?? []
  return step !== undefined && [`${name} + = ${step} )`, `${name} = ${name} + ${step} )`].includes(text)
    ? step
    : undefined
}

function isWritten(body: readonly string[], name: string): boolean {
  return body.some((text, place) => {
    if (text !== name) return false
    let [before, next] = [place - 1, place + 1]
    while (body[before] === '(') before -= 1
    if (body[before] === '&') return true
    while (body[next] === ')') next += 1
    return WRITES.test(body.slice(next, next + 3).join(''))
  })
}
