import type { Token } from './wgsl-tokens.ts'

/** What a token costs beyond its weight; `next` is the token after it. */
export type CostOf = (token: Token, next: Token | undefined) => number

/** What the head of a loop or of a function costs beside its tokens. */
export const TURN_COST = 8
/** Keywords, types and built-in functions before parentheses that cost about what their tokens do. */
const CHEAP =
  /^(?:if|while|for|switch|return|[iu]32|f16|f32|bool|array|bitcast|select|abs|min|max|clamp|floor|ceil|round|trunc|sign|step|saturate|fract|mix|fma|dot|all|any|arrayLength|vec[234]\w*|mat[234]x[234]\w*)$/
const WORD = /^[A-Za-z_]/
const MATRIX = /^mat[234]x[234]/

/**
 * Tells what tokens cost. 1 is a sign or name of plain arithmetic: 0.08 ns of one core where WebGPU runs in software. Measured
 * there with vectors of four, in that unit: `pow` and its like 140 to 300, `%` 150 to 500, `/` 50 to 160, a place in memory 70
 * to 150, an atomic operation 130 to 450, a product of matrices 50.
 */
export function costsOf(solid: readonly Token[]): CostOf {
  const own = new Set(
    solid.flatMap(({ text }, place) =>
      /^(?:fn|struct|alias)$/.test(solid[place - 1]?.text ?? '') ? [text] : [],
    ),
  )
  const product = solid.some(({ text }) => MATRIX.test(text)) ? 48 : 0
  return ({ text }, next) => {
    if (text === '[') return 48
    if (text === '%') return 256
    if (text === '/') return 96
    if (text === '*') return product
    if (next?.text !== '(' || !WORD.test(text) || own.has(text) || CHEAP.test(text)) return 0
    return 256
  }
}
