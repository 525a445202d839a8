import { Failure } from '../../protocol/failure.ts'
import type { Role } from '../message.ts'
import type { FrameOpen } from './frame-host.ts'
import { FrameHost } from './frame-host.ts'
import type { Cell } from './task.ts'
import type { WorkerLink } from './worker-link.ts'
import { cancelled } from './worker-link.ts'

/** Where the sandbox page is, and where in the document its frames go. They close when `signal` aborts. */
export type FramesOptions = {
  readonly url: string
  readonly container?: HTMLElement
  readonly signal: AbortSignal
}

/** How long after a CPU worker was needed the next one is made ready, so that it takes nothing from the kernel that waits. */
const SPARE_MS = 500
/** A hanging dispatch may hold the GPU for long; who asks whether it is back waits, because each question blocks a worker. */
const PROBE_MS = 600_000
/** The cell whose frame all share that are not private. */
const SHARED = ''
/** What is known where the GPU does not answer. */
const SILENT: FrameOpen = { kind: 'open', mode: 'WASM only', isSilent: true }

/** The frames of a page: one for all, one more for each private cell, and a new one in the place of one that does not answer. */
export class Frames {
  readonly #options: FramesOptions
  readonly #hosts = new Map<string, Promise<FrameHost>>()
  #count = 0
  #known: FrameOpen | undefined
  /** A CPU worker that has seen no kernel: starting one takes longer than loading a kernel into it. It may be starting yet. */
  #spare: Promise<WorkerLink | undefined> | undefined
  #spareTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: FramesOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => {
      this.dropSpare()
      for (const name of [...this.#hosts.keys()]) void this.#close(name, cancelled())
    })
  }

  /**
   * Opens the shared frame and tells what the browser allows. One that falls silent while it looks for a GPU is replaced by one
   * that does not look: it would hang again, and its WASM workers with it. Beside a frame that knows so no other looks, because
   * browsers run them in one process, which the question would hold up with all of them. Throws `unreachable`, `unsupported` or `cancelled`.
   */
  async open(): Promise<FrameOpen> {
    if (FrameHost.isGpuSilent) this.#known = SILENT
    try {
      const { open } = await this.#host(SHARED)
      this.#known = open
      return open
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'wedged' || this.#known !== undefined) throw error
      this.#known = SILENT
      return await this.open()
    }
  }

  /** Spawns a worker for kernels of a cell. Throws as opening a frame does, or `device-lost` or `wedged` for want of a GPU. */
  async spawn(role: Role, cell: Cell, signal: AbortSignal): Promise<WorkerLink> {
    if (role === 'gpu' || cell.isPrivate)
      return await this.#spawn(role, cell.isPrivate ? cell.name : SHARED, signal)
    const spare = this.#spare
    this.#spare = undefined
    clearTimeout(this.#spareTimer)
    this.#spareTimer = setTimeout(() => this.#makeSpare(), SPARE_MS)
    return (await taken(spare, signal)) ?? (await this.#spawn(role, SHARED, signal))
  }

  /** Ends the worker that is kept ready. */
  dropSpare(): void {
    clearTimeout(this.#spareTimer)
    void this.#spare?.then((link) => link?.end())
    this.#spare = undefined
  }

  #makeSpare(): void {
    this.#spare ??= this.#spawn('cpu', SHARED, this.#options.signal).catch(() => undefined)
  }

  async #spawn(role: Role, name: string, signal: AbortSignal): Promise<WorkerLink> {
    const held = this.#host(name)
    try {
      return await (await held).spawn(role, signal)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'unreachable') throw error
      if (this.#hosts.get(name) === held) await this.#close(name, error)
      return await (await this.#host(name)).spawn(role, signal)
    }
  }

  /** Asks for a GPU device and gives it back. Throws `wedged` when none comes for long, or `device-lost` when there is none. */
  async probe(signal: AbortSignal): Promise<void> {
    const host = await this.#host(SHARED)
    const link = await host.spawn('gpu', signal, PROBE_MS)
    link.end()
  }

  /** Takes the frame of a private cell out of the document, and with it all its workers. */
  close(cell: Cell): void {
    if (cell.isPrivate) void this.#close(cell.name, cancelled())
  }

  #host(name: string): Promise<FrameHost> {
    const known = this.#hosts.get(name)
    if (known !== undefined) return known
    this.#count += 1
    const options = { ...this.#options, frame: this.#count, known: this.#known }
    const opening = FrameHost.open(options, this.#options.signal)
    this.#hosts.set(name, opening)
    // One that could not be opened is tried anew with the next worker.
    opening.catch(() => this.#hosts.get(name) === opening && this.#hosts.delete(name))
    return opening
  }

  async #close(name: string, failure: Failure): Promise<void> {
    const host = this.#hosts.get(name)
    this.#hosts.delete(name)
    await host?.then((opened) => opened.close(failure)).catch(() => undefined)
  }
}

/** The worker that is kept ready, as soon as it is; undefined when there is none, or nobody waits for it any more. */
async function taken(
  spare: Promise<WorkerLink | undefined> | undefined,
  signal: AbortSignal,
): Promise<WorkerLink | undefined> {
  let end = (): void => undefined
  const aborted = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined)
    signal.addEventListener('abort', end, { once: true })
  })
  const link = await Promise.race([spare, aborted])
  signal.removeEventListener('abort', end)
  if (link === undefined) void spare?.then((late) => late?.end())
  return link?.isThere ? link : undefined
}
