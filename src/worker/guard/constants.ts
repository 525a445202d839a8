import { Failure } from '../../protocol/failure.ts'
import { compileExpression } from '../../protocol/manifest/expression.ts'

/** Whole numbers that a program gives a name to: `const N = 16;`, `const AREA: u32 = N * N;`. */
export type Constants = ReadonlyMap<string, number>
type Texts = readonly { readonly text: string }[]

const WORD = /^[A-Za-z_]/
const INTEGER = /^(\d{1,10}|0[xX][0-9A-Fa-f]{1,8})[ui]?$/
/** The longest expression that is worked out. */
const MAX_TOKENS = 50
const DECLARING = ['let', 'var', 'const', 'override', 'fn', 'alias', 'struct', '>']

/** Finds the whole constants of the module. A name that is declared anywhere else too is left out, because it may mean something else there. */
export function constantsOf(solid: Texts): Constants {
  const found = new Map<string, number>()
  const declared = new Map<string, number>()
  let depth = 0
  for (const [place, { text }] of solid.entries()) {
    if (text === '{') depth += 1
    if (text === '}') depth -= 1
    const [before, after] = [solid[place - 1]?.text ?? '', solid[place + 1]?.text ?? '']
    const isDeclared = WORD.test(text) && (DECLARING.includes(before) || after === ':')
    if (isDeclared) declared.set(text, (declared.get(text) ?? 0) + 1)
    if (!isDeclared || before !== 'const' || depth !== 0) continue
    const start = after === '=' ? place + 2 : place + 4
    const isWhole = after === '=' || /^[ui]32$/.test(solid[place + 2]?.text ?? '')
    const words = solid.slice(start, start + MAX_TOKENS)
    const end = words.findIndex((token) => token.text === ';')
    const value = isWhole && end > 0 ? evaluate(words.slice(0, end), found) : undefined
    if (value !== undefined) found.set(text, value)
  }
  return new Map([...found].filter(([name]) => declared.get(name) === 1))
}

/** The value of a whole expression of numbers and constants; undefined for anything else. */
export function evaluate(tokens: Texts, constants: Constants): number | undefined {
  const text = tokens.map((token) => {
    const [, digits] = INTEGER.exec(token.text) ?? []
    if (digits !== undefined) return Number(digits)
    return constants.get(token.text) ?? (/^[-+*/%()]$/.test(token.text) ? token.text : '?')
  })
  try {
    const value = compileExpression(text.join(' '), '', [])({})
    return value >= 0 && value < 2 ** 32 ? value : undefined
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
