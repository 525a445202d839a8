import { Failure } from '../../protocol/failure.ts'
import type { Solid } from './outline.ts'

type Named = { readonly kind: string; readonly start: number; words?: number }
type Read = { readonly words: number; readonly next: number }

const KEPT = /^(?:[iu]32|f16|f32|bool|array|atomic|ptr|vec[234]\w*|mat[234]x[234]\w*)$/
const MAX_DEPTH = 255
const VECTOR = /^vec[234]/
const MATRIX = /^mat([234])x/
/** No list of template parameters begins with `<<` or `<=`. */
const COMPARING = /^[<=]$/
/** What can only stand behind the members of a struct. */
const AFTER = /^(?:[{}]|struct|fn)$/

/** The sizes of a program's types in words of 4 bytes, as far as values of them can be copied: buffers without a size, atomics and pointers count 0. */
export class TypeSizes {
  readonly #solid: readonly Solid[]
  readonly #evaluate: (tokens: readonly Solid[]) => number | undefined
  /** Where each list of template parameters ends, by the place of its `<`; and what was read before, by its place. */
  readonly #ends: ReadonlyMap<number, number>
  readonly #reads = new Map<number, Read>()
  readonly #types = new Map<string, Named>()
  readonly #overrides = new Set<string>()
  /** The words of the largest array or struct that was read, of the largest element of an array, and of the largest member of a struct. */
  value = 0
  element = 0
  member = 0
  #depth = 0

  constructor(solid: readonly Solid[], evaluate: (tokens: readonly Solid[]) => number | undefined) {
    this.#solid = solid
    this.#evaluate = evaluate
    this.#ends = findLists(solid)
    for (const [place, { text, line }] of solid.entries()) {
      const before = this.#text(place - 1)
      if (before === 'override') this.#overrides.add(text)
      if (before !== 'alias' && before !== 'struct') continue
      if (KEPT.test(text))
        throw new Failure(
          'refused',
          `WGSL line ${line}: ${text} has a meaning already; choose another name for the type`,
        )
      this.#types.set(text, { kind: before, start: place + 2 })
    }
    for (const name of this.#types.keys()) this.#named(name)
  }

  /** Whether a name is a type of the program. */
  has(name: string): boolean {
    return this.#types.has(name)
  }

  /** Takes note of an array whose type is not written out. */
  add(count: number, element: number): void {
    this.element = Math.max(this.element, element)
    this.value = Math.max(this.value, count * element)
  }

  /** Reads the type that begins at a place, and says where it ends. Throws `refused` for a size that cannot be worked out. */
  read(place: number): Read {
    const known = this.#reads.get(place)
    if (known !== undefined) return known
    this.#depth += 1
    if (this.#depth > MAX_DEPTH)
      throw new Failure(
        'refused',
        `WGSL line ${this.#solid[place]?.line}: types are nested more than ${MAX_DEPTH} deep`,
      )
    const read = this.#read(place)
    this.#depth -= 1
    this.#reads.set(place, read)
    return read
  }

  #read(place: number): Read {
    const name = this.#text(place)
    const close = this.#ends.get(place + 1)
    const next = (close ?? place) + 1
    if (name === 'array' && close !== undefined) return { words: this.#array(place, close), next }
    if (name === 'array' && this.#text(place + 1) === '<') throw this.#hidden(place)
    if (name === 'atomic' || name === 'ptr') return { words: 0, next }
    const [, columns] = MATRIX.exec(name) ?? []
    if (columns !== undefined) return { words: Number(columns) * 4, next }
    if (VECTOR.test(name)) return { words: 4, next }
    return { words: this.#types.has(name) ? this.#named(name) : 1, next }
  }

  #text(place: number): string {
    return this.#solid[place]?.text ?? ''
  }

  #array(place: number, end: number): number {
    const { words: element, next } = this.read(place + 2)
    const size = this.#solid.slice(next + 1, this.#text(end - 1) === ',' ? end - 1 : end)
    this.element = Math.max(this.element, element)
    if (this.#text(next) !== ',' || size.length === 0 || element === 0) return 0
    if (size.some(({ text }) => this.#overrides.has(text))) return 0
    const count = this.#evaluate(size)
    if (count === undefined) throw this.#hidden(place)
    this.value = Math.max(this.value, count * element)
    return count * element
  }

  #hidden(place: number): Failure {
    const line = this.#solid[place]?.line
    return new Failure(
      'refused',
      `WGSL line ${line}: the size of an array must be a number, or a constant of the module`,
    )
  }

  #named(name: string): number {
    const type = this.#types.get(name)
    if (type === undefined) return 1
    if (type.words !== undefined) return type.words
    type.words = 0
    const words = type.kind === 'alias' ? this.read(type.start).words : this.#struct(type.start)
    type.words = words
    return words
  }

  #struct(start: number): number {
    let words = 0
    for (let place = start; place < this.#solid.length && !AFTER.test(this.#text(place)); place += 1) {
      if (this.#text(place) !== ':') continue
      const member = this.read(place + 1)
      this.member = Math.max(this.member, member.words)
      words += member.words
      place = member.next - 1
    }
    this.value = Math.max(this.value, words)
    return words
  }
}

/** Finds in one go where the lists of template parameters end: each `<` behind a word that has its `>` before the statement ends. */
function findLists(solid: readonly Solid[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  let open: number[] = []
  for (const [place, { text }] of solid.entries()) {
    const isList =
      text === '<' && solid[place - 1]?.kind === 'word' && !COMPARING.test(solid[place + 1]?.text ?? '')
    if (text === '(' || text === '[' || isList) open.push(place)
    else if (text === ')' || text === ']' || text === '>') {
      const start = open.pop()
      if (text === '>' && start !== undefined && solid[start]?.text === '<') ends.set(start, place)
    } else if (text === ';' || text === '{') open = []
  }
  return ends
}
