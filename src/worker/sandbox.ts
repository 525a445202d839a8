import { Failure } from '../protocol/failure.ts'
import type { Executor, KernelSource, LoadedKernel, UnitRun } from './executor.ts'
import { FrameHost } from './frame-host.ts'
import type { GpuHealth } from './gpu-health.ts'
import { afterLoss, healthyGpu, isGivenUp, refusalOf } from './gpu-health.ts'
import type { Gpu, Mode, Role } from './message.ts'
import { Pool } from './pool.ts'
import type { Kernel, Task } from './task.ts'
import { checkOutputOf, checkParts, programOf } from './unit.ts'
import type { WorkerLink } from './worker-link.ts'
import { cancelled } from './worker-link.ts'

/** Where kernels run in this browser. `gpu` is there while WebGPU can be used; a fall-back adapter is software. */
export type SandboxReport = { readonly mode: Mode; readonly gpu?: Gpu }

/** What `openSandbox` needs. The sandbox closes, and all that runs in it ends, when `signal` aborts. */
export type SandboxOptions = {
  readonly url: string
  readonly container?: HTMLElement
  readonly cpuWorkers: number
  readonly signal: AbortSignal
}

/** The sandbox as the page sees it. */
export type Sandbox = {
  /** What the sandbox found out; `gpu` goes away when the GPU has failed too often. */
  readonly report: SandboxReport
  /** Checks and compiles a kernel. Throws `malformed`, `refused`, `unsupported`, `compile`, `memory` or `oversized`, naming the cause. */
  load(source: KernelSource): Promise<LoadedKernel>
  /** Changes how many WASM units run at a time; with 0 they wait. */
  setCpuWorkers(count: number): void
}

/** Opens the sandbox frame and reports what the browser allows. Throws `unreachable`, `unsupported` or `cancelled`. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const host = await FrameHost.open(options, options.signal)
  return new OpenSandbox(host.open, new Frames(options, host), options)
}

/** The frame, and a new one in its place when it does not answer any more. */
class Frames {
  readonly #options: SandboxOptions
  #host: Promise<FrameHost>

  constructor(options: SandboxOptions, first: FrameHost) {
    this.#options = options
    this.#host = Promise.resolve(first)
    options.signal.addEventListener(
      'abort',
      () => void this.#host.then((host) => host.close()).catch(() => undefined),
    )
  }

  async spawn(role: Role, signal: AbortSignal): Promise<WorkerLink> {
    const held = this.#host
    try {
      return await (await held).spawn(role, signal)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'unreachable') throw error
      if (this.#host === held) {
        await held.then((host) => host.close(error)).catch(() => undefined)
        this.#host = FrameHost.open(this.#options, this.#options.signal)
      }
      return await (await this.#host).spawn(role, signal)
    }
  }
}

class OpenSandbox implements Sandbox {
  readonly #report: SandboxReport
  readonly #pools: Readonly<Record<Executor, Pool>>
  readonly #signal: AbortSignal
  #health: GpuHealth = healthyGpu
  #count = 0

  constructor({ mode, gpu }: SandboxReport, frames: Frames, { cpuWorkers, signal }: SandboxOptions) {
    this.#report = gpu === undefined ? { mode } : { mode, gpu }
    this.#signal = signal
    const failed = (kernel: Kernel, failure: Failure): void => {
      this.#health = afterLoss(this.#health, kernel.name, { failure, now: performance.now() })
    }
    this.#pools = {
      wasm: new Pool(cpuWorkers, {
        spawn: (stop) => frames.spawn('cpu', stop),
        failed: () => undefined,
        canRetry: true,
      }),
      wgsl: new Pool(1, { spawn: (stop) => frames.spawn('gpu', stop), failed, canRetry: false }),
    }
  }

  get report(): SandboxReport {
    return isGivenUp(this.#health) ? { mode: this.#report.mode } : this.#report
  }

  setCpuWorkers(count: number): void {
    this.#pools.wasm.resize(count)
  }

  async load(source: KernelSource): Promise<LoadedKernel> {
    const { executor, manifest, owner } = source
    checkParts(manifest, source)
    if (executor === 'wgsl' && this.report.gpu === undefined)
      throw new Failure('unsupported', 'There is no WebGPU here that could run the WGSL program')
    this.#count += 1
    const inputs = new Map([...source.inputs].map(([name, bytes]) => [name, compact(bytes)]))
    const kernel: Kernel = {
      id: this.#count,
      owner,
      name: programOf(manifest, executor).code.cid,
      parts: { executor, manifest, code: compact(source.code), inputs },
      checkOutput: checkOutputOf(manifest),
    }
    const result = await this.#submit({ kernel, units: [], signal: this.#signal })
    if (result.kind === 'refused') throw result.failure
    return this.#loaded(kernel)
  }

  #loaded(kernel: Kernel): LoadedKernel {
    const { executor } = kernel.parts
    const closing = new AbortController()
    const run = async (units: readonly number[], signal?: AbortSignal): Promise<UnitRun[]> => {
      const stops = [this.#signal, closing.signal, ...(signal === undefined ? [] : [signal])]
      const distinct = [...new Set(units)]
      const result = await this.#submit({ kernel, units: distinct, signal: AbortSignal.any(stops) })
      if (result.kind === 'ran') return [...result.runs]
      return distinct.map((unit) => ({ kind: 'failed', unit, failure: result.failure }))
    }
    const close = (): void => {
      closing.abort(cancelled())
      this.#pools[executor].unload(kernel)
    }
    return { executor, run, close }
  }

  async #submit(task: Task): ReturnType<Pool['submit']> {
    const { executor } = task.kernel.parts
    const failure =
      executor === 'wgsl' ? refusalOf(this.#health, task.kernel.name, performance.now()) : undefined
    if (failure !== undefined) return { kind: 'refused', failure }
    return await this.#pools[executor].submit(task)
  }
}

/** Bytes that are all of their buffer, because posting a view sends the whole buffer. */
function compact(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice()
}
