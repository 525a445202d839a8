import { SLICE_MS } from '../executor.ts'
import type { FromWorker, Port, ToWorker, UnitReport } from '../message.ts'

/** How long the reports of tiny units are gathered. A GPU unit is rarely shorter. */
const HOLD_MS = 4

/** Gathers the reports of one run for a few milliseconds, because a message costs more than a tiny unit. */
export class Outbox {
  readonly #run: ToWorker & { kind: 'run' }
  readonly #say: (message: FromWorker) => void
  readonly #endsAt = performance.now() + SLICE_MS
  #held: UnitReport[] = []
  #since = 0
  #sent = 0

  constructor(run: ToWorker & { kind: 'run' }, say: (message: FromWorker) => void) {
    this.#run = run
    this.#say = say
  }

  /** Takes a report; sends what is held when the first of it has waited long enough. Gives whether one more unit may begin. */
  add(report: UnitReport): boolean {
    const now = performance.now()
    const holdMs = this.#run.isCareful ? 0 : HOLD_MS
    if (this.#held.length === 0) this.#since = now - (report.kind === 'done' ? report.elapsedMs : holdMs)
    this.#held.push(report)
    if (now - this.#since >= holdMs) this.#flush()
    return now < this.#endsAt
  }

  /** Sends what is held, and says so when units of the run were not begun. */
  end(): void {
    this.#flush()
    const { run, units } = this.#run
    if (this.#sent < units.length) this.#say({ kind: 'paused', run, units: this.#sent })
  }

  #flush(): void {
    if (this.#held.length === 0) return
    this.#sent += this.#held.length
    this.#say({ kind: 'results', run: this.#run.run, reports: this.#held })
    this.#held = []
  }
}

/** A message with so many bytes blocks who sends it to another process for longer than a small unit takes. */
const LARGE_BYTES = 65_536

/** Posts a message and transfers the outputs in it; a large one to `large`. */
export function post(port: Port, message: FromWorker, large: Pick<Port, 'postMessage'> = port): void {
  const outputs = outputsOf(message)
  const bytes = outputs.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const to = bytes >= LARGE_BYTES ? large : port
  to.postMessage(message, outputs)
}

/** The buffers that go with a message. */
export function outputsOf(message: FromWorker): ArrayBuffer[] {
  const reports = message.kind === 'results' ? message.reports : []
  return reports.flatMap((report) => (report.kind === 'done' ? [report.output.buffer] : []))
}
