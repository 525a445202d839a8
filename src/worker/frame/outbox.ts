import type { FromWorker, Port, UnitReport } from '../message.ts'

/** Gathers the reports of one run for a few milliseconds, because a message costs more than a tiny unit. */
export class Outbox {
  readonly #send: (reports: readonly UnitReport[]) => void
  readonly #holdMs: number
  #held: UnitReport[] = []
  #since = 0

  constructor(holdMs: number, send: (reports: readonly UnitReport[]) => void) {
    this.#holdMs = holdMs
    this.#send = send
  }

  /** Takes a report; sends what is held when the first of it has waited long enough. */
  add(report: UnitReport): void {
    const now = performance.now()
    if (this.#held.length === 0)
      this.#since = now - (report.kind === 'done' ? report.elapsedMs : this.#holdMs)
    this.#held.push(report)
    if (now - this.#since >= this.#holdMs) this.flush()
  }

  /** Sends what is held. */
  flush(): void {
    if (this.#held.length === 0) return
    this.#send(this.#held)
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
