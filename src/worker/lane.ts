import type { Address } from '../protocol/address.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { UnitRun } from './executor.ts'
import type { FromWorker, UnitReport } from './message.ts'
import type { Kernel, Task, TaskResult } from './task.ts'
import type { WorkerLink } from './worker-link.ts'

/** What a lane needs: a worker, and to be told when the GPU fails. */
export type LanePorts = {
  spawn(signal: AbortSignal): Promise<WorkerLink>
  /** Told of each failure that ended the worker while it ran `kernel`. */
  failed(kernel: Kernel, failure: Failure): void
  /** Whether the units of a worker that was ended are tried again one by one, to find the one at fault. */
  readonly canRetry: boolean
}

/** Metering and compiling the largest module on a slow machine. */
const LOAD_MS = 60_000
/** What a message may be late on a busy machine. */
const GRACE_MS = 2_000

/** One place to run: a worker that is spawned when needed, runs one task at a time, and is ended when a kernel misbehaves. */
export class Lane {
  readonly #ports: LanePorts
  readonly #kernels = new Set<number>()
  #link: WorkerLink | undefined
  #owner: Address | undefined
  #runCount = 0
  isBusy = false

  constructor(ports: LanePorts) {
    this.#ports = ports
  }

  /** How well the lane suits a kernel: 3 loaded, 2 same owner, 1 nothing yet, 0 another owner's. */
  suits(kernel: Kernel): number {
    if (this.#kernels.has(kernel.id)) return 3
    if (this.#owner === undefined) return 1
    return this.#owner === kernel.owner ? 2 : 0
  }

  /** Runs a task. Never rejects. */
  async run(task: Task): Promise<TaskResult> {
    this.isBusy = true
    const runs = new Map<number, UnitRun>()
    const openUnits = (): number[] => task.units.filter((unit) => !runs.has(unit))
    try {
      let isCareful = false
      do {
        const stop = await this.#attempt({ ...task, units: openUnits() }, runs, isCareful)
        if (stop === undefined) break
        const open = openUnits()
        if (runs.size === 0 && (stop.isRefusal || open.length === 0))
          return { kind: 'refused', failure: stop.cause }
        const isFinal = stop.isRefusal || stop.cause.code === 'cancelled' || !this.#ports.canRetry
        if (isFinal) for (const unit of open) fail(runs, unit, stop.cause)
        else if (stop.cause.code !== 'unreachable' && (isCareful || open.length === 1))
          fail(runs, open[0], stop.cause)
        isCareful = true
      } while (openUnits().length > 0)
      return { kind: 'ran', runs: task.units.flatMap((unit) => runs.get(unit) ?? []) }
    } finally {
      this.isBusy = false
    }
  }

  /** Forgets a kernel. */
  unload(kernel: Kernel): void {
    if (this.#kernels.delete(kernel.id)) this.#link?.post({ kind: 'unload', kernel: kernel.id })
  }

  /** Ends the worker. */
  end(failure?: Failure): void {
    this.#link?.end(failure)
    this.#link = undefined
    this.#owner = undefined
    this.#kernels.clear()
  }

  /** Runs units in the worker as far as it comes. Gives what stopped it, if anything did. */
  async #attempt(
    task: Task,
    runs: Map<number, UnitRun>,
    isCareful: boolean,
  ): Promise<{ cause: Failure; isRefusal: boolean } | undefined> {
    let isThere = false
    try {
      const link = await this.#ready(task)
      isThere = true
      const refusal = await this.#load(link, task)
      if (refusal !== undefined) return { cause: refusal, isRefusal: true }
      if (task.units.length > 0) await this.#collect(link, { ...task, isCareful }, runs)
      return undefined
    } catch (error) {
      const cause = error instanceof Failure ? error : new Failure('trap', reason(error), { cause: error })
      this.end(cause)
      if (cause.code !== 'cancelled') this.#ports.failed(task.kernel, cause)
      return { cause, isRefusal: !isThere && cause.code === 'unreachable' }
    }
  }

  /** A worker that has seen kernels of this owner only. */
  async #ready({ kernel, signal }: Task): Promise<WorkerLink> {
    if (this.#link?.isThere === false || (this.#owner ?? kernel.owner) !== kernel.owner) this.end()
    this.#owner = kernel.owner
    this.#link ??= await this.#ports.spawn(signal)
    return this.#link
  }

  async #load(link: WorkerLink, { kernel, signal }: Task): Promise<Failure | undefined> {
    if (this.#kernels.has(kernel.id)) return undefined
    link.post({ kind: 'load', kernel: kernel.id, ...kernel.parts })
    const answer = await link.receive(LOAD_MS, signal)
    if (answer.kind === 'refused') return new Failure(answer.code, answer.message)
    if (answer.kind !== 'loaded') throw unexpected(answer)
    this.#kernels.add(kernel.id)
    return undefined
  }

  async #collect(
    link: WorkerLink,
    task: Task & { isCareful: boolean },
    runs: Map<number, UnitRun>,
  ): Promise<void> {
    const { kernel, units, signal, isCareful } = task
    this.#runCount += 1
    const run = this.#runCount
    const open = new Set(units)
    const limitMs = kernel.parts.manifest.limits.timeMs
    link.post({ kind: 'run', run, kernel: kernel.id, units: [...open], isCareful })
    while (open.size > 0) {
      const answer = await link.receive(limitMs + GRACE_MS, signal).catch((error: unknown) => {
        if (error instanceof Failure && error.code === 'timeout')
          throw link.isThere
            ? new Failure('timeout', `the unit took more than limits.timeMs, ${limitMs} ms`)
            : new Failure('unreachable', 'the sandbox frame is gone')
        throw error
      })
      if (answer.kind !== 'results' || answer.run !== run) throw unexpected(answer)
      for (const report of answer.reports) {
        if (!open.delete(report.unit))
          throw new Failure('malformed', `The sandbox sent unit ${report.unit}, which it was not asked for`)
        if (report.kind === 'failed' && report.code === 'device-lost')
          throw new Failure('device-lost', report.message)
        runs.set(report.unit, judge(kernel, report))
      }
    }
  }
}

function judge(kernel: Kernel, report: UnitReport): UnitRun {
  const { unit } = report
  if (report.kind === 'failed')
    return { kind: 'failed', unit, failure: new Failure(report.code, `Unit ${unit}: ${report.message}`) }
  try {
    kernel.checkOutput(unit, report.output.length)
    return report
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { kind: 'failed', unit, failure: error }
  }
}

function fail(runs: Map<number, UnitRun>, unit: number | undefined, cause: Failure): void {
  if (unit === undefined) return
  runs.set(unit, {
    kind: 'failed',
    unit,
    failure: new Failure(cause.code, `Unit ${unit}: ${cause.message}`, { cause }),
  })
}

function unexpected(answer: FromWorker): Failure {
  return new Failure('malformed', `The sandbox sent "${answer.kind}", which was not asked for`)
}
