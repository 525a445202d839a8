import { Failure } from '../../protocol/failure.ts'
import type { Block, Loop, Outline } from './outline.ts'

/** What a program may take, by its text alone, in one measure: one call without the turns of counted loops, one turn of a loop likewise, and one call at most. */
export type Measured = {
  base(name: string): number
  turn(loop: Loop): number
  most(name: string): number
}
/** What a program may take: in steps, which are counted while it runs, and in what they cost, which decides what a device is given. */
export type Weights = {
  /** The weight of a function with the bodies of all that it calls written in their places. */
  written(name: string): number
  readonly steps: Measured
  readonly cost: Measured
}

/** The weight of one step: all code counts as a step for each 256 tokens that it begins. */
const STEP_WEIGHT = 256

type Measure = (name: string) => number

/** All loops of a block, and the loops in those. */
export function loopsOf({ loops }: Block): Loop[] {
  return loops.flatMap((loop) => [loop, ...loopsOf(loop)])
}

/**
 * Weighs the functions of a program. `turns` gives the turns of a loop that needs no counter; each of the others turns at most
 * `loopBound` times in one call of its function. Throws `compile` for functions that call themselves.
 */
export function weigh(
  functions: readonly Outline[],
  { turns, loopBound }: { turns: (loop: Loop) => number | undefined; loopBound: number },
): Weights {
  const once = (block: Block, of: Measure): number =>
    block.weight + sum(block.calls, of) + sum(block.loops, (loop) => once(loop, of))
  const counted = (found: Outline): Loop[] => loopsOf(found).filter((loop) => turns(loop) === undefined)
  const measured = (own: (block: Block) => number): Measured => {
    const run = (block: Block, of: Measure): number =>
      own(block) +
      sum(block.calls, of) +
      sum(block.loops, (loop) => {
        const count = turns(loop) ?? 0
        return count === 0 ? 0 : count * run(loop, of)
      })
    const base = measure(functions, run)
    const most = measure(
      functions,
      (found, of) => run(found, of) + sum(counted(found), (loop) => (loopBound + 1) * run(loop, of)),
    )
    return { base, most, turn: (loop) => run(loop, base) }
  }
  return {
    written: measure(functions, once),
    steps: measured(({ weight }) => Math.ceil(weight / STEP_WEIGHT)),
    cost: measured(({ cost }) => cost),
  }
}

/** Adds a measure up over the tree of calls. */
function measure(functions: readonly Outline[], of: (found: Outline, inner: Measure) => number): Measure {
  const named = new Map(functions.map((found) => [found.name, found]))
  const known = new Map<string, number>()
  const open = new Set<string>()
  const inner: Measure = (name) => {
    const found = named.get(name)
    if (found === undefined) return 0
    const before = known.get(name)
    if (before !== undefined) return before
    if (open.has(name))
      throw new Failure('compile', `WGSL: the function "${name}" calls itself, which WGSL does not allow`)
    open.add(name)
    const total = of(found, inner)
    known.set(name, total)
    return total
  }
  return inner
}

function sum<T>(list: readonly T[], of: (entry: T) => number): number {
  return list.reduce((total, entry) => total + of(entry), 0)
}
