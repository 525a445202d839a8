import type { Address } from '../protocol/address.ts'
import type { Failure } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'

/** What runs a kernel: a WASM module on a CPU worker, or WGSL on the GPU. */
export type Executor = 'wasm' | 'wgsl'

/** All that is needed to run a job's kernel. `code` is the program of `manifest` whose kind is `executor`; kernels of different owners never share a worker. */
export type KernelSource = {
  readonly owner: Address
  readonly manifest: Manifest
  readonly executor: Executor
  readonly code: Uint8Array
  readonly inputs: ReadonlyMap<string, Uint8Array>
}

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
   */
  run(units: readonly number[], signal?: AbortSignal): Promise<UnitRun[]>
  /** Lets go of the kernel; runs in flight end as `cancelled`. */
  close(): void
}
