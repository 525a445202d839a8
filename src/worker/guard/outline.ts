import { Failure } from '../../protocol/failure.ts'
import type { Token } from './wgsl-tokens.ts'

/** A loop: the token index of the brace that opens its body, and the names called in it but not in a loop inside it. */
export type Loop = { readonly id: number; readonly brace: number; readonly calls: readonly string[] }
/** A function: the token index of the brace that opens its body, its loops, and the names it calls outside loops. */
export type Outline = {
  readonly name: string
  readonly brace: number
  readonly loops: readonly Loop[]
  readonly calls: readonly string[]
}

type OpenLoop = { id: number; brace: number; calls: string[]; depth: number }
type OpenFunction = { name: string; brace: number; loops: OpenLoop[]; calls: string[]; depth: number }

const LOOPS = ['loop', 'for', 'while']

/** Finds the functions of a program, their loops and their calls. Throws `compile` for braces that do not match. */
export function outline(tokens: readonly Token[]): Outline[] {
  const reader = new OutlineReader()
  const solid = tokens.map((token, index) => ({ ...token, index })).filter((token) => token.kind !== 'blank')
  for (const [place, token] of solid.entries()) reader.take(token, solid[place + 1]?.text ?? '')
  return reader.end()
}

class OutlineReader {
  readonly #functions: OpenFunction[] = []
  #current: OpenFunction | undefined
  #open: OpenLoop[] = []
  #depth = 0
  #loopCount = 0

  take(token: Token & { index: number }, next: string): void {
    if (token.text === 'fn' && this.#depth === 0) {
      this.#current = { name: next, brace: -1, loops: [], calls: [], depth: 0 }
      this.#functions.push(this.#current)
    } else if (token.kind === 'word') this.#takeWord(token, next)
    else if (token.text === '{') this.#openBrace(token.index)
    else if (token.text === '}') this.#closeBrace(token.line)
  }

  end(): Outline[] {
    if (this.#depth !== 0 || this.#current !== undefined)
      throw new Failure('compile', 'WGSL: a brace is opened and never closed')
    return this.#functions
  }

  #takeWord({ text, line }: Token, next: string): void {
    const current = this.#current
    const isInBody = current !== undefined && current.brace >= 0
    const inner = this.#open.at(-1)
    if (LOOPS.includes(text)) {
      if (!isInBody || inner?.brace === -1)
        throw new Failure('compile', `WGSL line ${line}: "${text}" cannot stand here`)
      const loop = { id: this.#loopCount, brace: -1, calls: [], depth: -1 }
      this.#loopCount += 1
      current.loops.push(loop)
      this.#open.push(loop)
    } else if (isInBody && next === '(') (inner ?? current).calls.push(text)
  }

  #openBrace(index: number): void {
    this.#depth += 1
    const current = this.#current
    if (current === undefined) return
    const loop = this.#open.at(-1)
    if (current.brace < 0) Object.assign(current, { brace: index, depth: this.#depth })
    else if (loop?.brace === -1) Object.assign(loop, { brace: index, depth: this.#depth })
  }

  #closeBrace(line: number): void {
    if (this.#depth === 0)
      throw new Failure('compile', `WGSL line ${line}: a brace is closed and was never opened`)
    const loop = this.#open.at(-1)
    if (loop?.brace === -1) throw new Failure('compile', `WGSL line ${line}: a loop has no body`)
    if (loop?.depth === this.#depth) this.#open.pop()
    if (this.#current?.depth === this.#depth) this.#current = undefined
    this.#depth -= 1
  }
}
