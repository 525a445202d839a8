import { Failure } from '../../protocol/failure.ts'
import { constantsOf } from './constants.ts'
import { findCopies } from './copies.ts'
import { countTurns } from './counted-turns.ts'
import type { ModuleFacts } from './module-facts.ts'
import { factsOf } from './module-facts.ts'
import type { Loop, Outline, Solid } from './outline.ts'
import { outline, solidOf } from './outline.ts'
import type { Weights } from './weights.ts'
import { loopsOf, weigh } from './weights.ts'
import type { Token } from './wgsl-tokens.ts'
import { readTokens } from './wgsl-tokens.ts'

/** The most steps (loop turns, and the calls in them) of one invocation. The same for everybody, since a loop cut short shows in the result. */
const MAX_STEPS = 2 ** 24
/** The most code when every call is written out, in tokens: compilers do write calls out. */
const MAX_WRITTEN = 2 ** 18
const MAX_FUNCTIONS = 1000
/** A loop in a counted one goes without a counter up to so many turns. */
const MAX_INNER_TURNS = 32
const PREFIX = 'weft_'
/** What all invocations must reach together: a bound that they share with other calls would break that. */
const UNIFORM = /^(\w*Barrier|workgroupUniformLoad|subgroup\w+|quad\w+)$/

/** How loops are bounded: turns of one loop in one call, and the binding of the u32 that says a loop was cut short. */
export type LoopRule = {
  readonly loopBound: number
  readonly spent: { readonly group: number; readonly binding: number }
}

/**
 * WGSL that ends, what it declares, bounds for the steps of one invocation of each entry point and for their cost, and whether it counts loops
 * (and so uses the `spent` binding).
 */
export type BoundedWgsl = {
  readonly text: string
  readonly facts: ModuleFacts
  readonly steps: ReadonlyMap<string, number>
  readonly costs: ReadonlyMap<string, number>
  readonly hasLoops: boolean
}

type Writing = LoopRule & { readonly isShared: boolean; readonly weights: Weights }

/**
 * Rewrites WGSL so that it ends: each loop turns at most `loopBound` times in one call of its function; where that alone
 * allows more than `MAX_STEPS`, all turns of an invocation are bounded together. A loop whose text proves its turns is left as
 * it is. Lines stay where they are. Throws `compile` or `refused`.
 */
export function boundLoops(source: string, entries: readonly string[], rule: LoopRule): BoundedWgsl {
  const tokens = readTokens(source)
  refuseNames(tokens)
  const solid = solidOf(tokens)
  const constants = constantsOf(solid)
  const functions = outline(solid, findCopies(solid, constants))
  if (functions.length > MAX_FUNCTIONS)
    throw new Failure('refused', `WGSL: ${functions.length} functions; at most ${MAX_FUNCTIONS} are allowed`)
  const missing = entries.find((entry) => !functions.some(({ name }) => name === entry))
  if (missing !== undefined) throw new Failure('refused', `WGSL: the entry point "${missing}" is not there`)
  const proven = provenTurns(functions, countTurns(solid, constants), rule.loopBound)
  const weights = weigh(functions, { turns: (loop) => proven.get(loop.id), loopBound: rule.loopBound })
  for (const { name } of functions)
    if (weights.written(name) > MAX_WRITTEN)
      throw new Failure(
        'refused',
        `WGSL: "${name}" with all its calls written out has more than ${MAX_WRITTEN} words and signs`,
      )
  const counted = functions.map((found) => loopsOf(found).filter((loop) => !proven.has(loop.id)))
  const { steps, cost } = weights
  const isShared = entries.some((entry) => steps.most(entry) > MAX_STEPS)
  if (isShared) refuseUniform(tokens)
  const overshoot = Math.max(0, ...counted.flat().map(steps.turn))
  const most = (entry: string): number =>
    Math.min(steps.most(entry), MAX_STEPS + steps.base(entry) + overshoot)
  // All steps that are counted may be turns of the loop that costs most for what it counts.
  const dearest = Math.max(0, ...counted.flat().map((loop) => cost.turn(loop) / steps.turn(loop)))
  const mostCost = (entry: string): number =>
    Math.min(cost.most(entry), cost.base(entry) + (MAX_STEPS + overshoot) * dearest)
  const inserts = new Inserts(solid)
  for (const [index, found] of functions.entries())
    guard(found, counted[index] ?? [], { inserts, rule: { ...rule, isShared, weights } })
  const hasLoops = counted.flat().length > 0
  const text = inserts.write(tokens) + (hasLoops ? declarations(rule, isShared) : '')
  return {
    text,
    facts: factsOf({ solid, constants, functions }),
    steps: new Map(entries.map((entry) => [entry, most(entry)])),
    costs: new Map(entries.map((entry) => [entry, mostCost(entry)])),
    hasLoops,
  }
}

/** The turns of the loops that need no counter: a counter could not be hit, or would cost more than the turns of a small loop. */
function provenTurns(
  functions: readonly Outline[],
  turnsOf: (loop: Loop) => number | undefined,
  loopBound: number,
): ReadonlyMap<number, number> {
  const proven = new Map<number, number>()
  const visit = (loops: readonly Loop[], around: { turns: number; most: number }): void => {
    for (const loop of loops) {
      const turns = turnsOf(loop)
      const isProven = turns !== undefined && around.turns * turns <= around.most
      if (isProven) proven.set(loop.id, turns)
      const inner = isProven
        ? { ...around, turns: around.turns * turns }
        : { turns: 1, most: MAX_INNER_TURNS }
      visit(loop.loops, inner)
    }
  }
  for (const { loops } of functions) visit(loops, { turns: 1, most: loopBound })
  return proven
}

/** Text that goes behind tokens. */
class Inserts {
  readonly #solid: readonly Solid[]
  readonly #behind = new Map<number, string>()

  constructor(solid: readonly Solid[]) {
    this.#solid = solid
  }

  put(place: number, text: string): void {
    const index = this.#solid[place]?.index ?? -1
    this.#behind.set(index, (this.#behind.get(index) ?? '') + text)
  }

  write(tokens: readonly Token[]): string {
    return tokens.map((token, index) => token.text + (this.#behind.get(index) ?? '')).join('')
  }
}

function guard(
  { brace }: Outline,
  loops: readonly Loop[],
  { inserts, rule }: { inserts: Inserts; rule: Writing },
): void {
  inserts.put(brace, loops.map(({ id }) => ` var ${PREFIX}turns_${id} = 0u;`).join(''))
  for (const loop of loops) {
    const own = `${PREFIX}turns_${loop.id}`
    const steps = `${PREFIX}steps`
    const compare = (sign: string, link: string): string => {
      const ownBound = `(${own} ${sign} ${rule.loopBound}u)`
      return rule.isShared ? `${ownBound} ${link} (${steps} ${sign} ${MAX_STEPS}u)` : ownBound
    }
    const spend = `${PREFIX}spent[0] = 1u;`
    const step = rule.isShared ? ` ${steps} = ${steps} + ${rule.weights.steps.turn(loop)}u;` : ''
    const count = ` ${own} = ${own} + 1u;${step}`
    if (loop.condition === undefined) {
      inserts.put(loop.brace, ` if (${compare('>=', '|')}) { ${spend} break; }${count}`)
      continue
    }
    // In the condition a guard costs least; one turn more than the bound tells a loop that was cut from one that just ended.
    const [from, to] = loop.condition
    inserts.put(from - 1, from === to ? ` ${compare('<=', '&')}` : ' ((')
    if (from !== to) inserts.put(to - 1, `) & ${compare('<=', '&')})`)
    inserts.put(loop.brace, count)
    inserts.put(loop.end, ` if (${compare('>', '|')}) { ${spend} }`)
  }
}

function declarations({ spent: { group, binding } }: LoopRule, isShared: boolean): string {
  const spent = `@group(${group}) @binding(${binding}) var<storage, read_write> ${PREFIX}spent: array<u32, 1>;`
  return `\n${spent}${isShared ? ` var<private> ${PREFIX}steps = 0u;` : ''}\n`
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
