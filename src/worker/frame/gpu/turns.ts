import { Failure, malformed } from '../../../protocol/failure.ts'
import type { Bindings } from '../../../protocol/manifest/expression.ts'
import { compileExpression } from '../../../protocol/manifest/expression.ts'
import { turnNames } from '../../../protocol/manifest/wgsl/gpu-buffer.ts'
import type { Pair, Pass, PassGroup } from '../../../protocol/manifest/wgsl/passes.ts'
import { MAX_DISPATCHES } from '../../../protocol/manifest/wgsl/passes.ts'

/** Which buffer stands behind each name that was swapped; a name that is not here stands for itself. */
export type Places = ReadonlyMap<string, string>
/**
 * One dispatch: the number of its pass, the values of `iteration` and `step`, what is copied before it, from which buffer to
 * which, and where buffers are after the swaps before it.
 */
export type Turn = {
  readonly pass: number
  readonly values: Bindings
  readonly copies: readonly Pair[]
  readonly places: Places
}
/** All dispatches of a unit, what is copied after them, and where buffers are at the end. */
export type Turns = Pick<Turn, 'copies' | 'places'> & { readonly turns: readonly Turn[] }

/** Groups whose passes have no turns may still copy. */
const MAX_COPIES = 4096

type Repeat = (bindings: Bindings) => number
type Run = (walk: Walk, bindings: Bindings) => void

/** Prepares the passes of a program for unit after unit. Throws `malformed` or `refused` for turns without measure. */
export function turnsOf(
  passes: readonly (Pass | PassGroup)[],
  names: readonly string[],
): (bindings: Bindings) => Turns {
  let first = 0
  const runs = passes.map((entry, index) => {
    const run = runOf(entry, { first, path: `passes[${index}].repeat`, names })
    first += 'passes' in entry ? entry.passes.length : 1
    return run
  })
  const known = new Map<string, Places>()
  return (bindings) => {
    const walk = new Walk(known)
    for (const run of runs) run(walk, bindings)
    return walk
  }
}

type Place = { readonly first: number; readonly path: string; readonly names: readonly string[] }

function runOf(entry: Pass | PassGroup, { first, path, names }: Place): Run {
  const isGroup = 'passes' in entry
  const passes = isGroup ? entry.passes : [entry]
  const repeat = isGroup ? repeatOf(entry.repeat, path, names) : (): number => 1
  const repeats = passes.map((pass) => repeatOf(pass.repeat, path, turnNames(names)))
  return (walk, bindings) => {
    const count = repeat(bindings)
    for (let turn = 0; turn < count; turn += 1) {
      passes.forEach((pass, place) => {
        const steps = repeats[place]?.({ iteration: turn, step: 0, ...bindings }) ?? 0
        for (let step = 0; step < steps; step += 1) {
          walk.add(first + place, { iteration: isGroup ? turn : step, step })
          walk.move(pass)
        }
      })
      if (isGroup) walk.move(entry)
    }
  }
}

function repeatOf(repeat: Pass['repeat'], path: string, names: readonly string[]): Repeat {
  const evaluate = compileExpression(repeat ?? 1, path, names)
  return (bindings) => {
    const count = evaluate(bindings)
    if (count < 0 || count > MAX_DISPATCHES) throw malformed(path, `0 to ${MAX_DISPATCHES} turns`, count)
    return count
  }
}

/** The walk through the passes of one unit. */
class Walk implements Turns {
  readonly turns: Turn[] = []
  copies: Pair[] = []
  places: Places = new Map()
  /** Places that are equal are one object, so that what is made for them can be kept by it. */
  readonly #known: Map<string, Places>

  constructor(known: Map<string, Places>) {
    this.#known = known
    this.#settle([])
  }

  add(pass: number, values: Bindings): void {
    if (this.turns.length === MAX_DISPATCHES)
      throw new Failure('refused', `the passes of a unit come to more than ${MAX_DISPATCHES} dispatches`)
    this.turns.push({ pass, values, copies: this.copies, places: this.places })
    this.copies = []
  }

  /** Does what follows a turn. */
  move({ copy = [], swap = [] }: Pick<Pass, 'copy' | 'swap'>): void {
    const at = (name: string): string => this.places.get(name) ?? name
    for (const [from, to] of copy) this.copies.push([at(from), at(to)])
    if (this.copies.length > MAX_COPIES)
      throw new Failure('refused', `more than ${MAX_COPIES} copies come together in the passes of a unit`)
    if (swap.length === 0) return
    const places = new Map(this.places)
    for (const [a, b] of swap) {
      places.set(a, at(b))
      places.set(b, at(a))
    }
    this.#settle([...places].filter(([name, place]) => name !== place).sort())
  }

  #settle(moved: [string, string][]): void {
    const key = JSON.stringify(moved)
    this.places = this.#known.get(key) ?? new Map(moved)
    this.#known.set(key, this.places)
  }
}
