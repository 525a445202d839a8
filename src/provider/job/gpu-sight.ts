import type { Sandbox } from '../../worker/sandbox.ts'
import type { JobWork } from './job-work.ts'

/** Looks whether the GPU can be counted on: while it cannot, jobs go on with their WASM twin, or wait for it. */
export class GpuSight {
  readonly #sandbox: Pick<Sandbox, 'report'>
  #hasGpu: boolean

  constructor(sandbox: Pick<Sandbox, 'report'>) {
    this.#sandbox = sandbox
    this.#hasGpu = sandbox.report.gpu !== undefined
  }

  /** Tells which jobs' kernels must be chosen anew when the GPU has gone or come back since the last call; undefined when nothing has changed. */
  change(): ((work: JobWork) => boolean) | undefined {
    const hasGpu = this.#sandbox.report.gpu !== undefined
    if (hasGpu === this.#hasGpu) return undefined
    this.#hasGpu = hasGpu
    return ({ manifest, executor }) =>
      manifest?.programs.some(({ kind }) => kind === 'wgsl') === true && (hasGpu || executor === 'wgsl')
  }
}
