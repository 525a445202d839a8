import { Failure } from '../../protocol/failure.ts'
import type { Constants } from './constants.ts'
import { evaluate } from './constants.ts'
import type { Solid } from './outline.ts'
import { TypeSizes } from './type-sizes.ts'

/** The most words of 4 bytes that one value may have, and how few count as nothing. */
const MAX_WORDS = 2 ** 14
const FEW_WORDS = 16
/** The longest expression that is looked at; a longer one may be anything. */
const MAX_TOKENS = 256
const WORD = /^[A-Za-z_]/
const NOT_ASSIGNING = /^[=<!+\-*/%&|^]$/
const OPERATOR = /^[-+*/%&^|]$/

/**
 * Finds where a program copies or clears a whole array in one statement, which costs as much as a loop: the most words, by the
 * place of the token. Throws `refused` for values over 64 KiB, and for sizes that cannot be worked out.
 */
export function findCopies(solid: readonly Solid[], constants: Constants): ReadonlyMap<number, number> {
  const text = (place: number): string => solid[place]?.text ?? ''
  const sizes = new TypeSizes(solid, (tokens) => evaluate(tokens, constants))
  const functions = new Set(solid.filter((_, place) => text(place - 1) === 'fn').map((token) => token.text))
  const found = new Map<number, number>()
  const note = (place: number, words: number): void => {
    if (words > FEW_WORDS) found.set(place, words)
  }

  /** The most words that the expression from `start` to `end` may have: none when it computes, because arrays only move as a whole. */
  const words = (start: number): number => {
    const end = endOf(solid, start)
    const first = text(start)
    if (end - start > MAX_TOKENS) return sizes.value
    if (end === start || /^[0-9.&!~-]/.test(first)) return 0
    if (outer(solid, start + 1, end).some((place) => OPERATOR.test(text(place)))) return 0
    const isCall = WORD.test(first) && /^[(<]$/.test(text(start + 1))
    const isOwn =
      functions.has(first) || sizes.has(first) || first === 'array' || first === 'workgroupUniformLoad'
    if (isCall && !isOwn) return 0
    if (text(end - 1) === ']') return sizes.element
    return text(end - 2) === '.' ? sizes.member : sizes.value
  }

  for (const [place, { text: word, line }] of solid.entries()) {
    if (word === 'array' && text(place + 1) === '(') {
      const commas = outer(solid, place + 2, endOf(solid, place + 2, true)).filter((at) => text(at) === ',')
      const starts = [place + 2, ...commas.map((comma) => comma + 1)]
      sizes.add(starts.length, Math.max(4, ...starts.map(words)))
      note(place, starts.length * Math.max(4, ...starts.map(words)))
    } else if (word === 'array' || sizes.has(word)) {
      const { words: size, next } = sizes.read(place)
      if (text(next) === '(') note(place, size)
    }
    if (sizes.value > MAX_WORDS)
      throw new Failure(
        'refused',
        `WGSL line ${line}: a value of ${sizes.value * 4} bytes; at most ${MAX_WORDS * 4} are allowed (an array without a size in a buffer may be larger)`,
      )
  }
  if (sizes.value <= FEW_WORDS) return found
  for (const [place, { text: word }] of solid.entries()) {
    if (word === ':') note(place, sizes.read(place + 1).words)
    const isAssigned = word === '=' && text(place + 1) !== '=' && !NOT_ASSIGNING.test(text(place - 1))
    if (word === 'return' || isAssigned) note(place, words(place + 1))
  }
  return found
}

/** Where an expression ends; with `isList` where the list of expressions ends. */
function endOf(solid: readonly Solid[], start: number, isList = false): number {
  let depth = 0
  for (let place = start; place < solid.length && place <= start + MAX_TOKENS; place += 1) {
    const text = solid[place]?.text ?? ''
    if (depth === 0 && (/^[;)\]{}]$/.test(text) || (text === ',' && !isList))) return place
    depth += depthOf(text)
  }
  return Math.min(solid.length, start + MAX_TOKENS + 1)
}

/** The places from `start` to `end` that are in no brackets. */
function outer(solid: readonly Solid[], start: number, end: number): number[] {
  const places: number[] = []
  let depth = 0
  for (let place = start; place < end; place += 1) {
    const text = solid[place]?.text ?? ''
    if (depth === 0) places.push(place)
    depth += depthOf(text)
  }
  return places
}

function depthOf(text: string): number {
  if (text === '(' || text === '[' || text === '{') return 1
  return text === ')' || text === ']' || text === '}' ? -1 : 0
}
