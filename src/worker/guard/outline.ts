import { Failure } from '../../protocol/failure.ts'
import type { CostOf } from './token-costs.ts'
import { costsOf, TURN_COST } from './token-costs.ts'
import type { Token } from './wgsl-tokens.ts'

/** A token that is not blank, and its index among all tokens. */
export type Solid = Token & { readonly index: number }
/** Code that runs when its owner does: the weight and the cost of what is outside the loops in it, the functions called there, and those loops. */
export type Block = {
  readonly weight: number
  readonly cost: number
  readonly calls: readonly string[]
  readonly loops: readonly Loop[]
}
/**
 * A loop. Its places count among the solid tokens: its keyword, the braces of its body, and from where to where its condition
 * goes; `loop` has none. What its head calls counts as its own.
 */
export type Loop = Block & {
  readonly id: number
  readonly keyword: number
  readonly brace: number
  readonly end: number
  readonly condition?: readonly [from: number, to: number]
}
/** A function, and the places of the braces of its body. */
export type Outline = Block & {
  readonly name: string
  readonly start: number
  readonly brace: number
  readonly end: number
}

type Open = {
  name: string
  keyword: number
  brace: number
  depth: number
  weight: number
  cost: number
  calls: string[]
  loops: Loop[]
}

const LOOPS = ['loop', 'for', 'while']

/** The tokens of a program that are not blank. */
export function solidOf(tokens: readonly Token[]): Solid[] {
  return tokens.map((token, index) => ({ ...token, index })).filter((token) => token.kind !== 'blank')
}

/** The deepest nesting of braces, which is the language's own limit and one for the body of the function. */
const MAX_DEPTH = 128

/**
 * Finds the functions of a program, their loops and their calls. A token weighs 1 and what `extra` has for its place. Throws
 * `compile` for brackets that do not match.
 */
export function outline(solid: readonly Solid[], extra: ReadonlyMap<number, number>): Outline[] {
  const reader = new OutlineReader(solid)
  for (const [place, token] of solid.entries()) reader.take(token, place, 1 + (extra.get(place) ?? 0))
  return reader.end()
}

class OutlineReader {
  readonly #solid: readonly Solid[]
  readonly #costs: CostOf
  readonly #functions: Outline[] = []
  /** The function that is read, and the loops that are open in it. */
  #open: Open[] = []
  #depth = 0
  #loopCount = 0

  constructor(solid: readonly Solid[]) {
    this.#solid = solid
    this.#costs = costsOf(solid)
  }

  take(token: Solid, place: number, weight: number): void {
    const inner = this.#open.at(-1)
    if (inner !== undefined) {
      inner.weight += weight
      inner.cost += weight + this.#costs(token, this.#solid[place + 1])
    }
    if (token.text === 'fn' && this.#depth === 0) this.#begin(this.#text(place + 1), place)
    else if (token.kind === 'word') this.#takeWord(token, place)
    else if (token.text === '{') this.#openBrace(token.line, place)
    else if (token.text === '}') this.#closeBrace(token.line, place)
  }

  end(): Outline[] {
    if (this.#depth !== 0 || this.#open.length > 0)
      throw new Failure('compile', 'WGSL: a brace is opened and never closed')
    return this.#functions
  }

  #text(place: number): string {
    return this.#solid[place]?.text ?? ''
  }

  #begin(name: string, keyword: number): void {
    this.#open.push({ name, keyword, brace: -1, depth: 0, weight: 1, cost: TURN_COST, calls: [], loops: [] })
  }

  #takeWord({ text, line }: Token, place: number): void {
    const inner = this.#open.at(-1)
    const isInBody = this.#open[0] !== undefined && this.#open[0].brace >= 0
    if (LOOPS.includes(text)) {
      if (!isInBody || inner?.brace === -1)
        throw new Failure('compile', `WGSL line ${line}: "${text}" cannot stand here`)
      this.#begin(text, place)
    } else if (isInBody && this.#text(place + 1) === '(') inner?.calls.push(text)
  }

  #openBrace(line: number, place: number): void {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH)
      throw new Failure('compile', `WGSL line ${line}: braces are nested more than ${MAX_DEPTH} deep`)
    const inner = this.#open.at(-1)
    if (inner?.brace === -1) Object.assign(inner, { brace: place, depth: this.#depth })
  }

  #closeBrace(line: number, place: number): void {
    if (this.#depth === 0)
      throw new Failure('compile', `WGSL line ${line}: a brace is closed and was never opened`)
    const inner = this.#open.at(-1)
    if (inner?.brace === -1) throw new Failure('compile', `WGSL line ${line}: a loop has no body`)
    if (inner?.depth === this.#depth) this.#close(inner, place)
    this.#depth -= 1
  }

  #close({ name, keyword, brace, weight, cost, calls, loops }: Open, end: number): void {
    this.#open.pop()
    const outer = this.#open.at(-1)
    const block = { weight, cost, calls, loops, brace, end }
    if (outer === undefined) this.#functions.push({ name, start: keyword, ...block })
    else {
      const loop = { ...block, id: this.#loopCount, keyword }
      this.#loopCount += 1
      const condition =
        name === 'loop' ? undefined : conditionOf(this.#solid, { ...loop, isFor: name === 'for' })
      outer.loops.push(condition === undefined ? loop : { ...loop, condition })
    }
  }
}

/** Where the condition in the head of a `for` or `while` is. What will be put around it must find its brackets in pairs. */
function conditionOf(
  solid: readonly Solid[],
  { keyword, brace, isFor }: { keyword: number; brace: number; isFor: boolean },
): readonly [number, number] {
  const parts: number[] = []
  let [depth, place] = [0, keyword + 1]
  const wrong = (): Failure =>
    new Failure('compile', `WGSL line ${solid[keyword]?.line}: the head of a loop cannot be read`)
  for (; place < brace; place += 1) {
    const text = solid[place]?.text ?? ''
    if (text === '@' && depth === 0) break
    if (text === '(' || text === '[') depth += 1
    else if (text === ')' || text === ']') depth -= 1
    else if (text === ';') parts.push(place)
    if (depth < 0 || (text === ';' && depth !== 1)) throw wrong()
    if (isFor && depth === 0) break
  }
  if (depth !== 0) throw wrong()
  const [first, second, third] = parts
  if (!isFor && first === undefined && place > keyword + 1) return [keyword + 1, place]
  if (!isFor || first === undefined || second === undefined || third !== undefined) throw wrong()
  return [first + 1, second]
}
