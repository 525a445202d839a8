import type { FailureCode } from '../../protocol/failure.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { Round, UnitRun } from '../executor.ts'
import { firstRound, SLICE_MS } from '../executor.ts'
import type { FromWorker, UnitReport } from '../message.ts'
import type { Cell, Kernel, Task, TaskResult } from './task.ts'
import type { WorkerLink } from './worker-link.ts'
import { compact, setDeadline } from './worker-link.ts'

/** What a lane needs: a worker, and somebody who knows more of a failure. */
export type LanePorts = {
  spawn(cell: Cell, signal: AbortSignal): Promise<WorkerLink>
  /**
   * Told of each failure that ended the worker, `refused` when the kernel took too long to load, and of one that let none start
   * (`isThere` is false); gives it as it is told to others.
   */
  explain(task: Task, failure: Failure, isThere: boolean): Promise<Failure>
  /** Whether the units of a worker that was ended are tried again one by one, to find the one at fault. */
  readonly canRetry: boolean
  /** How many units, in their order, may be at fault when the worker is ended. */
  readonly inFlight: number
}

/** The worker of a lane, for tests and for a person: where it is, whose it is, and what it ran. */
export type LaneView = {
  readonly frame: number
  readonly worker: number
  readonly cell: string
  readonly kernels: readonly number[]
  readonly units: number
}

type CarefulTask = Task & { readonly isCareful: boolean }

/** Metering and compiling the largest module on a slow machine. */
const LOAD_MS = 60_000
/** So often a task goes to a new frame when its own is gone: one that goes on and on must come to an end. */
const MOST_MOVES = 3
/** What a unit that had begun does to its worker. */
const OWN_FAULTS: readonly string[] = ['timeout', 'wedged', 'trap', 'malformed'] satisfies FailureCode[]
/** What a message may be late on a busy machine. */
const GRACE_MS = 2_000

/**
 * One place to run: a worker that is spawned when needed, runs one task at a time, and is ended when a kernel misbehaves. It is
 * not replaced after so many units: the instances of 20 000 units in one worker are collected, and its memory stays level.
 */
export class Lane {
  readonly #ports: LanePorts
  /** The kernels that the worker has, each with the round that it was last told. */
  readonly #kernels = new Map<number, Round>()
  #link: WorkerLink | undefined
  #cell: Cell | undefined
  #units = 0
  #runCount = 0
  isBusy = false

  constructor(ports: LanePorts) {
    this.#ports = ports
  }

  /** The name of the cell whose kernels the worker has seen; undefined before the first. */
  get cell(): string | undefined {
    return this.#cell?.name
  }

  /** How well the lane suits a kernel: 3 loaded, 2 same cell, 1 nothing yet, 0 another cell. */
  suits(kernel: Kernel): number {
    if (this.#kernels.has(kernel.id)) return 3
    if (this.#cell === undefined) return 1
    return this.#cell.name === kernel.cell.name ? 2 : 0
  }

  /** What there is to see of the worker; undefined without one. */
  show(): LaneView | undefined {
    if (this.#link?.isThere !== true) return undefined
    const kernels = [...this.#kernels.keys()]
    return { ...this.#link.place, cell: this.#cell?.name ?? '', kernels, units: this.#units }
  }

  /** Runs what comes to its turn of a task: all that is done within `SLICE_MS` or begun by then, and at least one unit. Never rejects. */
  async run(task: Task): Promise<TaskResult> {
    this.isBusy = true
    const runs = new Map<number, UnitRun>()
    const openUnits = (): number[] => task.units.filter((unit) => !runs.has(unit))
    const endsAt = performance.now() + SLICE_MS
    try {
      let isCareful = false
      for (let moves = 0; ; ) {
        const stop = await this.#attempt({ ...task, units: openUnits() }, runs, isCareful)
        if (stop === undefined) break
        const isGone = stop.cause.code === 'unreachable'
        // A frame that is gone is no kernel's doing: no kernel can reach it.
        if (isGone && !stop.isRefusal && moves < MOST_MOVES) {
          moves += 1
          continue
        }
        const open = openUnits()
        if (runs.size === 0 && (stop.isRefusal || open.length === 0))
          return { kind: 'refused', failure: stop.cause }
        const isFinal = stop.isRefusal || isGone || stop.cause.code === 'cancelled' || !this.#ports.canRetry
        if (isFinal) failAll(runs, open, { cause: stop.cause, inFlight: this.#ports.inFlight })
        else if (isCareful || open.length === 1) fail(runs, open[0], stop.cause)
        isCareful = true
        if (openUnits().length === 0 || (runs.size > 0 && performance.now() >= endsAt)) break
      }
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
    this.#cell = undefined
    this.#kernels.clear()
    this.#units = 0
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
      const told = cause.code === 'cancelled' ? cause : await this.#ports.explain(task, cause, isThere)
      const isRefusal = told.code === 'refused' || (!isThere && told.code === 'unreachable')
      return { cause: told, isRefusal }
    }
  }

  /** A worker that has seen kernels of this cell only. */
  async #ready({ kernel, signal }: Task): Promise<WorkerLink> {
    const { cell } = kernel
    if (this.#link?.isThere === false || (this.#cell ?? cell).name !== cell.name) this.end()
    this.#cell = cell
    this.#link ??= await this.#ports.spawn(cell, signal)
    return this.#link
  }

  async #load(link: WorkerLink, { kernel, signal }: Task): Promise<Failure | undefined> {
    if (this.#kernels.has(kernel.id)) return undefined
    link.post({ kind: 'load', kernel: kernel.id, ...kernel.parts })
    const answer = await link.receive(LOAD_MS, signal).catch((error: unknown) => {
      throw error instanceof Failure && error.code === 'timeout' ? tooSlow(error) : error
    })
    if (answer.kind === 'refused') return new Failure(answer.code, answer.message)
    if (answer.kind !== 'loaded') throw unexpected(answer)
    this.#kernels.set(kernel.id, firstRound)
    return undefined
  }

  /** Sends the round of a task, unless the worker has it. */
  #tell(link: WorkerLink, { kernel, round }: Task): void {
    const known = this.#kernels.get(kernel.id)
    if (known?.index === round.index && known.previous === round.previous) return
    link.post({ kind: 'round', kernel: kernel.id, index: round.index, previous: compact(round.previous) })
    this.#kernels.set(kernel.id, round)
  }

  /** Collects the results of a run until all are there or the worker pauses. */
  async #collect(link: WorkerLink, task: CarefulTask, runs: Map<number, UnitRun>): Promise<void> {
    const { kernel, units, signal, isCareful } = task
    this.#tell(link, task)
    this.#runCount += 1
    const run = this.#runCount
    link.post({ kind: 'run', run, kernel: kernel.id, units: [...units], isCareful })
    const limitMs = kernel.parts.manifest.limits.timeMs
    const slow = (): Failure =>
      link.isThere
        ? new Failure('timeout', `the unit took more than limits.timeMs, ${limitMs} ms`)
        : new Failure('unreachable', 'the sandbox frame is gone')
    // However many messages come: the last units begin when the others are to get their turn.
    let over: Failure | undefined
    const stop = setDeadline(SLICE_MS + GRACE_MS + this.#ports.inFlight * (limitMs + GRACE_MS), () => {
      over = slow()
      link.end(over)
    })
    try {
      const open = new Set(units)
      for (let rest = 0; open.size > rest; ) {
        const answer = await link.receive(limitMs + GRACE_MS, signal).catch((error: unknown) => {
          throw over ?? (error instanceof Failure && error.code === 'timeout' ? slow() : error)
        })
        // What is large goes another way, and may come later.
        if (answer.kind === 'paused' && answer.run === run) rest = units.length - answer.units
        else if (answer.kind === 'results' && answer.run === run)
          this.#keep(answer.reports, { task, open, runs })
        else throw unexpected(answer)
      }
    } finally {
      stop()
    }
  }

  /** Keeps what a worker says of units. Throws `malformed` for one that is not open, and `device-lost`. */
  #keep(
    reports: readonly UnitReport[],
    { task, open, runs }: { task: Task; open: Set<number>; runs: Map<number, UnitRun> },
  ): void {
    const foreign = reports.find(({ unit }) => !open.delete(unit))
    if (foreign !== undefined)
      throw new Failure('malformed', `The sandbox sent unit ${foreign.unit}, which it was not asked for`)
    const isLost = (report: UnitReport): boolean => report.kind === 'failed' && report.code === 'device-lost'
    for (const report of reports) {
      if (isLost(report)) continue
      runs.set(report.unit, judge(task, report))
      this.#units += 1
    }
    const lost = reports.find(isLost)
    if (lost?.kind === 'failed') throw new Failure('device-lost', lost.message)
  }
}

function judge({ kernel, round }: Task, report: UnitReport): UnitRun {
  const { unit } = report
  if (report.kind === 'failed')
    return { kind: 'failed', unit, failure: new Failure(report.code, `Unit ${unit}: ${report.message}`) }
  try {
    kernel.checkOutput(unit, report.output, round.index)
    return report
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { kind: 'failed', unit, failure: error }
  }
}

/** Fails all open units: those that were not begun for no fault of theirs. */
function failAll(
  runs: Map<number, UnitRun>,
  open: readonly number[],
  { cause, inFlight }: { cause: Failure; inFlight: number },
): void {
  const other = new Failure('device-lost', 'the GPU failed before its turn', { cause })
  const isOwn = OWN_FAULTS.includes(cause.code)
  for (const [place, unit] of open.entries()) fail(runs, unit, isOwn && place >= inFlight ? other : cause)
}

function fail(runs: Map<number, UnitRun>, unit: number | undefined, cause: Failure): void {
  if (unit === undefined) return
  runs.set(unit, {
    kind: 'failed',
    unit,
    failure: new Failure(cause.code, `Unit ${unit}: ${cause.message}`, { cause }),
  })
}

/** Compiling cannot be interrupted: the worker is ended, and the kernel must not be tried again and again. */
function tooSlow(cause: Failure): Failure {
  return new Failure('refused', `The kernel was not loaded within ${LOAD_MS / 1000} s`, { cause })
}

function unexpected(answer: FromWorker): Failure {
  return new Failure('malformed', `The sandbox sent "${answer.kind}", which was not asked for`)
}
