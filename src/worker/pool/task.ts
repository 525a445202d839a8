import type { Failure } from '../../protocol/failure.ts'
import type { Round, UnitRun } from '../executor.ts'
import type { KernelParts } from '../message.ts'

/** Who shares: kernels of one cell may share a worker, others never do. A private cell has a frame of its own too. */
export type Cell = { readonly name: string; readonly isPrivate: boolean }

/** A loaded kernel as lanes see it. */
export type Kernel = {
  readonly id: number
  readonly cell: Cell
  /** Which program of which job: what losses of the GPU are counted by. */
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

/** What became of a task: its units, or why the kernel could not be loaded at all. */
export type TaskResult =
  | { readonly kind: 'ran'; readonly runs: readonly UnitRun[] }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** A task of which nothing was begun. */
export function notRun({ units }: Task, failure: Failure): TaskResult {
  if (units.length === 0) return { kind: 'refused', failure }
  return { kind: 'ran', runs: units.map((unit) => ({ kind: 'failed', unit, failure })) }
}
