import { Failure } from '../protocol/failure.ts'
import { outputCheck } from '../protocol/manifest/check-output.ts'
import type { Executor, KernelSource, LoadedKernel } from './executor.ts'
import { firstRound } from './executor.ts'
import type { Gpu, Mode } from './message.ts'
import { Frames } from './pool/frames.ts'
import { GpuWatch } from './pool/gpu-watch.ts'
import type { LaneView } from './pool/lane.ts'
import { Pool } from './pool/pool.ts'
import type { Kernel, Task } from './pool/task.ts'
import { notRun, runsOf } from './pool/task.ts'
import { cancelled, compact } from './pool/worker-link.ts'
import { checkParts, programOf } from './unit.ts'

/**
 * Where kernels run in this browser. `gpu` is there while WebGPU can be used; a fall-back adapter is software. Where it was
 * there and is not to be used now, `gpuTrouble` says why.
 */
export type SandboxReport = { readonly mode: Mode; readonly gpu?: Gpu; readonly gpuTrouble?: GpuTrouble }
/** Why a GPU is not used; `isFinal`: it will not be until the page is loaded again. */
export type GpuTrouble = { readonly why: string; readonly isFinal: boolean }

/** What `openSandbox` needs. The sandbox closes, and all that runs in it ends, when `signal` aborts. */
export type SandboxOptions = {
  readonly url: string
  readonly container?: HTMLElement
  readonly cpuWorkers: number
  readonly signal: AbortSignal
}

/** A worker of the sandbox: in which frame it is, whose kernels it has, and how many units it ran. */
export type WorkerView = LaneView & { readonly executor: Executor }

/** The sandbox as the page sees it. */
export type Sandbox = {
  /** What the sandbox found out; `gpu` goes away while the GPU rests for long, or for good when it has failed too often. */
  readonly report: SandboxReport
  /** The workers that there are now, busy or kept for the next unit. */
  readonly workers: readonly WorkerView[]
  /** Checks and compiles a kernel. Throws `malformed`, `refused`, `unsupported`, `compile`, `memory` or `oversized`, naming the cause. */
  load(source: KernelSource): Promise<LoadedKernel>
  /** Changes how many WASM units run at a time; with 0 they wait. */
  setCpuWorkers(count: number): void
}

/** Opens the sandbox frame and reports what the browser allows. Throws `unreachable`, `unsupported` or `cancelled`. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const frames = new Frames(options)
  const { mode, gpu, isSilent = false } = await frames.open()
  const found = gpu !== undefined ? { gpu } : isSilent ? { gpuTrouble: silent } : {}
  return new OpenSandbox({ mode, ...found }, frames, options)
}

const silent: GpuTrouble = {
  why: 'The GPU did not answer when this page was opened, and is left alone until it is loaded again',
  isFinal: true,
}

/** Units of a GPU worker that may be at fault together: it has so many in flight. */
const GPU_IN_FLIGHT = 3

class OpenSandbox implements Sandbox {
  readonly #report: SandboxReport
  readonly #frames: Frames
  readonly #pools: Readonly<Record<Executor, Pool>>
  readonly #watch: GpuWatch
  readonly #signal: AbortSignal
  #count = 0

  constructor(report: SandboxReport, frames: Frames, { cpuWorkers, signal }: SandboxOptions) {
    this.#report = report
    this.#frames = frames
    this.#signal = signal
    const probe = (): Promise<void> => frames.probe(signal)
    const watch = new GpuWatch({ probe, wait, nowMs: () => performance.now() }, signal)
    this.#watch = watch
    this.#pools = {
      wasm: new Pool(cpuWorkers, {
        spawn: (cell, stop) => frames.spawn('cpu', cell, stop),
        explain: async (_, failure) => failure,
        canRetry: true,
        inFlight: 1,
      }),
      // One frame of units at a time, whoever owns it: kernels that share the GPU's time would be measured wrongly.
      wgsl: new Pool(1, {
        spawn: (cell, stop) => frames.spawn('gpu', cell, stop),
        explain: (task, failure, isThere) =>
          watch.explain(isThere ? task.kernel.name : undefined, failure, task.signal),
        canRetry: false,
        inFlight: GPU_IN_FLIGHT,
      }),
    }
  }

  get report(): SandboxReport {
    const { mode, gpu } = this.#report
    const { trouble } = this.#watch
    if (gpu === undefined || trouble === undefined) return this.#report
    return { mode, gpuTrouble: { why: trouble.message, isFinal: this.#watch.isGivenUp } }
  }

  get workers(): WorkerView[] {
    return (['wasm', 'wgsl'] as const).flatMap((executor) =>
      this.#pools[executor].show().map((lane) => ({ executor, ...lane })),
    )
  }

  setCpuWorkers(count: number): void {
    this.#pools.wasm.resize(count)
    if (count === 0) this.#frames.dropSpare()
  }

  async load(source: KernelSource): Promise<LoadedKernel> {
    const { executor, manifest, owner, isPrivate = false } = source
    checkParts(manifest, source)
    if (executor === 'wgsl' && this.#report.gpu === undefined)
      throw new Failure(
        'unsupported',
        this.#report.gpuTrouble?.why ?? 'There is no WebGPU here to run WGSL on',
      )
    this.#count += 1
    const inputs = new Map([...source.inputs].map(([name, bytes]) => [name, compact(bytes)]))
    const kernel: Kernel = {
      id: this.#count,
      owner,
      cell: { name: isPrivate ? `private ${this.#count}` : owner, isPrivate },
      name: `${programOf(manifest, executor).code.cid} of ${owner}`,
      parts: { executor, manifest, code: compact(source.code), inputs },
      checkOutput: outputCheck(manifest),
    }
    const result = await this.#submit({ kernel, units: [], round: firstRound, signal: this.#signal })
    if (result.kind === 'ran') return this.#loaded(kernel)
    this.#forget(kernel)
    throw result.failure
  }

  #loaded(kernel: Kernel): LoadedKernel {
    const closing = new AbortController()
    const runs = runsOf((task, stop) => {
      const stops = [this.#signal, closing.signal, ...(stop === undefined ? [] : [stop])]
      return this.#submit({ ...task, kernel, signal: AbortSignal.any(stops) })
    })
    const close = (): void => {
      closing.abort(cancelled())
      this.#forget(kernel)
    }
    return { executor: kernel.parts.executor, ...runs, close }
  }

  #forget(kernel: Kernel): void {
    const pool = this.#pools[kernel.parts.executor]
    pool.unload(kernel)
    if (!kernel.cell.isPrivate) return
    pool.clear(kernel.cell)
    this.#frames.close(kernel.cell)
  }

  async #submit(task: Task): ReturnType<Pool['submit']> {
    const { name, parts } = task.kernel
    const failure = parts.executor === 'wgsl' ? await this.#watch.admit(name, task.signal) : undefined
    if (failure !== undefined) return notRun(task, failure)
    return await this.#pools[parts.executor].submit(task)
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
