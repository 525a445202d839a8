import type { Address } from '../protocol/address.ts'
import type { Failure } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'

/** What runs a kernel: a WASM module on a CPU worker, or WGSL on the GPU. */
export type Executor = 'wasm' | 'wgsl'

/**
 * All that is needed to run a job's kernel. `code` is the program of `manifest` whose kind is `executor`. Kernels of different
 * owners never share a worker; a private kernel shares not even the frame, whoever owns the other.
 */
export type KernelSource = {
  readonly owner: Address
  readonly manifest: Manifest
  readonly executor: Executor
  readonly code: Uint8Array
  readonly inputs: ReadonlyMap<string, Uint8Array>
  readonly isPrivate?: true
}

/** A round of a job, from 0: its units may read the reduced output of the round before, which is empty in round 0. */
export type Round = { readonly index: number; readonly previous: Uint8Array }

/** The round of all jobs that have but one. */
export const firstRound: Round = { index: 0, previous: new Uint8Array() }

/** So long a worker begins unit after unit, in milliseconds. Then others that wait for its place get their turn. */
export const SLICE_MS = 1_000

/** What became of one unit. `elapsedMs` is measured beside the kernel; `fuel` is the exact count of WASM instructions. */
export type UnitRun =
  | {
      readonly kind: 'done'
      readonly unit: number
      readonly output: Uint8Array<ArrayBuffer>
      readonly elapsedMs: number
      readonly fuel?: number
    }
  | { readonly kind: 'failed'; readonly unit: number; readonly failure: Failure }

/** A kernel that was checked, compiled and is ready for units. */
export type LoadedKernel = {
  readonly executor: Executor
  /**
   * Runs a frame of units and gives one entry for each, in the order asked. Never rejects: what goes wrong with a unit is
   * its `failure`. When `signal` aborts, the worker is ended and the units that were not done are failed as `cancelled`.
   * Without `round` it is the first one; a round whose `previous` is the same object is sent to a worker once.
   */
  run(units: readonly number[], signal?: AbortSignal, round?: Round): Promise<UnitRun[]>
  /** Like `run`, but begins no more units after `SLICE_MS`. Gives those that it ran, at least one; the others are still to be run. */
  runSome(units: readonly number[], signal?: AbortSignal, round?: Round): Promise<UnitRun[]>
  /** Lets go of the kernel; runs in flight end as `cancelled`. */
  close(): void
}
