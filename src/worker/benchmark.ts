import { isEqual } from '../protocol/bytes.ts'
import type { Executor, LoadedKernel, UnitRun } from './executor.ts'

/** Twins to choose from, the units to try them with, and how many WASM units run at a time. */
export type Trial = {
  readonly wasm: LoadedKernel
  readonly wgsl: LoadedKernel
  readonly units: readonly number[]
  readonly cpuWorkers: number
  /** The one that is expected to be faster; it runs first. */
  readonly favourite?: Executor
  /** Whether one unit of each is enough when it is twice as fast. */
  readonly isClear?: boolean
}

/** What the benchmark measured: milliseconds for one unit of each twin, and which brings more units in the same time. */
export type Benchmark = {
  readonly choice: Executor
  /** Why, for a person. */
  readonly cause: string
  /** How many times as fast the choice is; absent when something went wrong, which may be otherwise another time. */
  readonly factor?: number
  readonly wasmMs?: number
  readonly wgslMs?: number
}

/** A twin this much slower with its first unit is not tried further. */
const HOPELESS = 10
/** A twin may always take so long for its first unit, to warm up. */
const PATIENCE_MS = 2_000
/** Units shorter than this say more about the way there and back than about the kernel, when they run alone. */
const TELLING_MS = 5

/**
 * Decides by measuring which twin of a job runs here: the first unit on each, the favourite first, then the other units. Twins
 * whose bytes differ, or a GPU that fails, leave WASM. Never rejects.
 */
export async function benchmark(trial: Trial, signal?: AbortSignal): Promise<Benchmark> {
  const [first, ...rest] = trial.units
  const firsts = first === undefined ? [] : [first]
  const favourite = trial.favourite ?? 'wasm'
  const other = favourite === 'wasm' ? 'wgsl' : 'wasm'
  const leader = await trial[favourite].run(firsts, signal)
  const limitMs = Math.max(PATIENCE_MS, HOPELESS * finite(meanMs(leader)))
  const late = AbortSignal.timeout(limitMs)
  const follower = await trial[other].run(firsts, signal ? AbortSignal.any([signal, late]) : late)
  const isLate = late.aborted && follower.some(({ kind }) => kind === 'failed')
  if (isLate && !signal?.aborted && leader.every(({ kind }) => kind === 'done'))
    return {
      choice: favourite,
      factor: HOPELESS,
      cause: `The ${other} twin did not end a unit in ${limitMs} ms`,
    }
  const [wasm, wgsl] = favourite === 'wasm' ? [leader, follower] : [follower, leader]
  const problem = problemOf(wasm, wgsl)
  if (problem !== undefined) return { choice: 'wasm', cause: problem }
  const found = choose(trial, meanMs(wasm), meanMs(wgsl))
  if (rest.length === 0 || isEnough(found, trial)) return found
  const wasmRest = await trial.wasm.run(rest, signal)
  const wgslRest = await trial.wgsl.run(rest, signal)
  const later = problemOf(wasmRest, wgslRest)
  return later === undefined
    ? choose(trial, meanMs(wasmRest), meanMs(wgslRest))
    : { choice: 'wasm', cause: later }
}

/** Whether the first units settle it. */
function isEnough({ choice, factor = 1, wasmMs = 0, wgslMs = 0 }: Benchmark, trial: Trial): boolean {
  if (choice === 'wasm' && wgslMs > HOPELESS * wasmMs) return true
  const isTelling = Math.min(wasmMs, wgslMs) >= TELLING_MS
  return trial.isClear === true && isTelling && choice === trial.favourite && factor >= 2
}

function choose({ cpuWorkers }: Trial, wasmMs: number, wgslMs: number): Benchmark {
  const wasmShare = wasmMs / Math.max(1, cpuWorkers)
  const choice = wgslMs < wasmShare ? 'wgsl' : 'wasm'
  const [faster, slower] = choice === 'wgsl' ? [wgslMs, wasmShare] : [wasmShare, wgslMs]
  const times = `WGSL ${wgslMs.toFixed(1)} ms, WASM ${wasmMs.toFixed(1)} ms on each of ${cpuWorkers} workers`
  const found = { choice, wasmMs, wgslMs, cause: `A unit takes: ${times}` } as const
  return Number.isFinite(slower) ? { ...found, factor: slower / Math.max(0.01, faster) } : found
}

function problemOf(wasm: readonly UnitRun[], wgsl: readonly UnitRun[]): string | undefined {
  for (const [index, run] of wgsl.entries()) {
    const twin = wasm[index]
    if (run.kind === 'failed') return `WGSL does not run here: ${run.failure.message}`
    if (twin?.kind === 'done' && !isEqual(run.output, twin.output))
      return `WGSL gives other bytes than WASM for unit ${run.unit}`
  }
  return undefined
}

function meanMs(runs: readonly UnitRun[]): number {
  const times = runs.flatMap((run) => (run.kind === 'done' ? [run.elapsedMs] : []))
  return times.length === 0 ? Number.POSITIVE_INFINITY : times.reduce((sum, ms) => sum + ms, 0) / times.length
}

function finite(ms: number): number {
  return Number.isFinite(ms) ? ms : 0
}
