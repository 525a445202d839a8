import type { Address } from '../protocol/address.ts'
import type { Failure } from '../protocol/failure.ts'
import type { UnitRun } from './executor.ts'
import type { KernelParts } from './message.ts'

/** A loaded kernel as lanes see it. */
export type Kernel = {
  readonly id: number
  readonly owner: Address
  /** Which program of which job: what losses of the GPU are counted by. */
  readonly name: string
  readonly parts: KernelParts
  /** Throws `oversized` or `malformed` for an output of a wrong size. */
  checkOutput(unit: number, size: number): void
}

/** A frame of units to run; without units it only loads the kernel. */
export type Task = {
  readonly kernel: Kernel
  readonly units: readonly number[]
  readonly signal: AbortSignal
}

/** What became of a task: its units, or why the kernel could not be loaded at all. */
export type TaskResult =
  | { readonly kind: 'ran'; readonly runs: readonly UnitRun[] }
  | { readonly kind: 'refused'; readonly failure: Failure }
