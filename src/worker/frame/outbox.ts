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

/** Posts a message and transfers the outputs in it. */
export function post(port: Port, message: FromWorker): void {
  const reports = message.kind === 'results' ? message.reports : []
  port.postMessage(
    message,
    reports.flatMap((report) => (report.kind === 'done' ? [report.output.buffer] : [])),
  )
}
