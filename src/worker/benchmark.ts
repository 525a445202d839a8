import { isEqual } from '../protocol/bytes.ts'
import type { Executor, LoadedKernel, UnitRun } from './executor.ts'

/** Twins to choose from, the units to try them with, and how many WASM units run at a time. */
export type Trial = {
  readonly wasm: LoadedKernel
  readonly wgsl: LoadedKernel
  readonly units: readonly number[]
  readonly cpuWorkers: number
}

/** What the benchmark measured: milliseconds for one unit of each twin, and which brings more units in the same time. */
export type Benchmark = {
  readonly choice: Executor
  /** Why, for a person. */
  readonly cause: string
  readonly wasmMs?: number
  readonly wgslMs?: number
}

/** A twin this much slower with its first unit is not tried further. */
const HOPELESS = 10

/**
 * Decides by measuring which twin of a job runs here: the first unit on each, then the other units. Twins whose bytes differ,
 * or a GPU that fails, leave WASM. Never rejects.
 */
export async function benchmark(trial: Trial, signal?: AbortSignal): Promise<Benchmark> {
  const [first, ...rest] = trial.units
  const firsts = first === undefined ? [] : [first]
  const wasm = await trial.wasm.run(firsts, signal)
  const wgsl = await trial.wgsl.run(firsts, signal)
  const problem = problemOf(wasm, wgsl)
  if (problem !== undefined) return { choice: 'wasm', cause: problem }
  const [wasmFirst, wgslFirst] = [meanMs(wasm), meanMs(wgsl)]
  if (rest.length === 0 || wgslFirst > HOPELESS * wasmFirst) return choose(trial, wasmFirst, wgslFirst)
  const wasmRest = await trial.wasm.run(rest, signal)
  const wgslRest = await trial.wgsl.run(rest, signal)
  const later = problemOf(wasmRest, wgslRest)
  return later === undefined
    ? choose(trial, meanMs(wasmRest), meanMs(wgslRest))
    : { choice: 'wasm', cause: later }
}

function choose({ cpuWorkers }: Trial, wasmMs: number, wgslMs: number): Benchmark {
  const wasmShare = wasmMs / Math.max(1, cpuWorkers)
  const choice = wgslMs < wasmShare ? 'wgsl' : 'wasm'
  const times = `WGSL ${wgslMs.toFixed(1)} ms, WASM ${wasmMs.toFixed(1)} ms on each of ${cpuWorkers} workers`
  return { choice, wasmMs, wgslMs, cause: `A unit takes: ${times}` }
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
