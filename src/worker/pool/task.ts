import type { Failure } from '../../protocol/failure.ts'
import type { LoadedKernel, Round, UnitRun } from '../executor.ts'
import { firstRound } from '../executor.ts'
import type { KernelParts } from '../message.ts'

/** Who shares: kernels of one cell may share a worker, others never do. A private cell has a frame of its own too. */
export type Cell = { readonly name: string; readonly isPrivate: boolean }

/** A loaded kernel as lanes see it. */
export type Kernel = {
  readonly id: number
  /** Who takes turns with others, with all its kernels together. */
  readonly owner: string
  readonly cell: Cell
  /** Which program of whom: what losses of the GPU are counted by. Somebody else's job with the same program may do other things with it. */
  readonly name: string
  readonly parts: KernelParts
  /** Throws `oversized` or `malformed` for an output of a wrong size. */
  checkOutput(unit: number, output: Uint8Array, round?: number): void
}

/** A frame of units to run; without units it only loads the kernel. */
export type Task = {
  readonly kernel: Kernel
  readonly units: readonly number[]
  readonly round: Round
  readonly signal: AbortSignal
}

/** What became of a task: those of its units whose turn came, at least one, or why the kernel could not be loaded at all. */
export type TaskResult =
  | { readonly kind: 'ran'; readonly runs: readonly UnitRun[] }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** A task of which nothing was begun. */
export function notRun({ units }: Task, failure: Failure): TaskResult {
  if (units.length === 0) return { kind: 'refused', failure }
  return { kind: 'ran', runs: units.map((unit) => ({ kind: 'failed', unit, failure })) }
}

type Submit = (task: Pick<Task, 'units' | 'round'>, stop: AbortSignal | undefined) => Promise<TaskResult>

/** Both ways to run units of a kernel that is loaded: each turn is a task of its own, which queues behind those that wait. */
export function runsOf(submit: Submit): Pick<LoadedKernel, 'run' | 'runSome'> {
  const runSome: LoadedKernel['runSome'] = async (units, stop, round = firstRound) => {
    const distinct = [...new Set(units)]
    const result = await submit({ units: distinct, round }, stop)
    if (result.kind === 'ran') return [...result.runs]
    return distinct.map((unit) => ({ kind: 'failed', unit, failure: result.failure }))
  }
  const run: LoadedKernel['run'] = async (units, stop, round) => {
    const runs = new Map<number, UnitRun>()
    for (let open = [...new Set(units)]; open.length > 0; open = open.filter((unit) => !runs.has(unit)))
      for (const each of await runSome(open, stop, round)) runs.set(each.unit, each)
    return [...new Set(units)].flatMap((unit) => runs.get(unit) ?? [])
  }
  return { run, runSome }
}
