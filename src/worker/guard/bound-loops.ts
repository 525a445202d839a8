import { Failure } from '../../protocol/failure.ts'
import type { Loop, Outline } from './outline.ts'
import { outline } from './outline.ts'
import type { Token } from './wgsl-tokens.ts'
import { readTokens } from './wgsl-tokens.ts'

/** The most steps (loop turns, and the calls in them) of one invocation. The same for everybody, since a loop cut short shows in the result. */
const MAX_STEPS = 2 ** 24
/** The most function calls of one invocation when each loop turns once, and the most functions. */
const MAX_CALLS = 2 ** 16
const MAX_FUNCTIONS = 1000
const PREFIX = 'weft_'
/** What all invocations must reach together: a bound that they share with other calls would break that. */
const UNIFORM = /^(\w*Barrier|workgroupUniformLoad|subgroup\w+|quad\w+)$/

/** How loops are bounded: turns of one loop in one call, and the binding of the u32 that says a loop was cut short. */
export type LoopRule = {
  readonly loopBound: number
  readonly spent: { readonly group: number; readonly binding: number }
}

/** WGSL that ends, a bound for the steps of one invocation, and whether it has loops (and so uses the `spent` binding). */
export type BoundedWgsl = { readonly text: string; readonly steps: number; readonly hasLoops: boolean }

type Weight = (name: string) => number
type Writing = LoopRule & { readonly isShared: boolean; readonly calls: Weight }

/**
 * Rewrites WGSL so that it ends: each loop turns at most `loopBound` times in one call of its function; where that alone
 * allows more than `MAX_STEPS`, all turns of an invocation are bounded together. Lines stay where they are. Throws `compile`
 * or `refused`.
 */
export function boundLoops(source: string, entry: string, rule: LoopRule): BoundedWgsl {
  const tokens = readTokens(source)
  refuseNames(tokens)
  const functions = outline(tokens)
  if (functions.length > MAX_FUNCTIONS)
    throw new Failure('refused', `WGSL: ${functions.length} functions; at most ${MAX_FUNCTIONS} are allowed`)
  if (!functions.some(({ name }) => name === entry))
    throw new Failure('refused', `WGSL: the entry point "${entry}" is not there`)
  const calls = weigh(functions, (found, inner) => sum(found.loops, (loop) => inner(loop.calls)))
  if (calls(entry) > MAX_CALLS)
    throw new Failure('refused', `WGSL: functions that call functions come to more than ${MAX_CALLS} calls`)
  const turns = (loop: Loop, inner: (names: readonly string[]) => number): number =>
    rule.loopBound * (1 + inner(loop.calls))
  const steps = weigh(functions, (found, inner) => sum(found.loops, (loop) => turns(loop, inner)))(entry)
  const isShared = steps > MAX_STEPS
  if (isShared) refuseUniform(tokens)
  return {
    text: write(tokens, functions, { ...rule, isShared, calls }),
    steps: Math.min(steps, MAX_STEPS + calls(entry)),
    hasLoops: functions.some((found) => found.loops.length > 0),
  }
}

/** Adds a measure up over the tree of calls: 1 for a call, its calls outside loops, and what `ofLoops` gives. */
function weigh(
  functions: readonly Outline[],
  ofLoops: (found: Outline, inner: (names: readonly string[]) => number) => number,
): Weight {
  const named = new Map(functions.map((found) => [found.name, found]))
  const known = new Map<string, number>()
  const weight: Weight = (name) => {
    const found = named.get(name)
    if (found === undefined) return 0
    const before = known.get(name)
    if (before !== undefined) return before
    known.set(name, Number.POSITIVE_INFINITY)
    const inner = (names: readonly string[]): number => sum(names, weight)
    const total = 1 + inner(found.calls) + ofLoops(found, inner)
    if (total === Number.POSITIVE_INFINITY)
      throw new Failure('compile', `WGSL: the function "${name}" calls itself, which WGSL does not allow`)
    known.set(name, total)
    return total
  }
  return weight
}

function write(tokens: readonly Token[], functions: readonly Outline[], rule: Writing): string {
  const inserts = new Map<number, string>()
  for (const { brace, loops } of functions) {
    for (const loop of loops) inserts.set(loop.brace, turn(loop, rule))
    inserts.set(brace, loops.map(({ id }) => ` var ${PREFIX}turns_${id} = 0u;`).join(''))
  }
  const { group, binding } = rule.spent
  const spent = `@group(${group}) @binding(${binding}) var<storage, read_write> ${PREFIX}spent: array<u32, 1>;`
  const shared = rule.isShared ? ` var<private> ${PREFIX}steps = 0u;` : ''
  const hasLoops = functions.some(({ loops }) => loops.length > 0)
  const text = tokens.map((token, index) => token.text + (inserts.get(index) ?? '')).join('')
  return hasLoops ? `${text}\n${spent}${shared}\n` : text
}

function turn({ id, calls }: Loop, rule: Writing): string {
  const own = `${PREFIX}turns_${id}`
  const steps = `${PREFIX}steps`
  const weight = 1 + sum(calls, rule.calls)
  const isOver = `${own} >= ${rule.loopBound}u${rule.isShared ? ` || ${steps} >= ${MAX_STEPS}u` : ''}`
  const step = rule.isShared ? ` ${steps} = ${steps} + ${weight}u;` : ''
  return ` if (${isOver}) { ${PREFIX}spent[0] = 1u; break; } ${own} = ${own} + 1u;${step}`
}

function refuseNames(tokens: readonly Token[]): void {
  const own = tokens.find(({ kind, text }) => kind === 'word' && text.startsWith(PREFIX))
  if (own === undefined) return
  const cause = `names that begin with "${PREFIX}" belong to the sandbox; rename ${own.text}`
  throw new Failure('refused', `WGSL line ${own.line}: ${cause}`)
}

function refuseUniform(tokens: readonly Token[]): void {
  const found = tokens.find(({ kind, text }) => kind === 'word' && UNIFORM.test(text))
  if (found === undefined) return
  const cause = `${found.text} cannot stand beside loops that call functions with loops`
  throw new Failure(
    'refused',
    `WGSL line ${found.line}: ${cause}; lower limits.loopBound or write the inner loop in place`,
  )
}

function sum<T>(list: readonly T[], of: (entry: T) => number): number {
  return list.reduce((total, entry) => total + of(entry), 0)
}
