/** Fewer frames than these say nothing. */
const MIN_FRAMES = 5
/** Units are slow when so much of their usual rate is left. */
const SLOW = 0.6
/** The usual time grows by so much each time that it was longer, because units of one job differ. */
const DRIFT = 1.02

/** How fast the units of each job are, against what is usual on this computer. */
export class Pace {
  readonly #usualMs = new Map<string, number>()
  readonly #times = new Map<string, number[]>()

  /** Notes one frame of a job: the milliseconds that a unit of it took. */
  note(job: string, unitMs: number): void {
    const times = this.#times.get(job)
    if (times === undefined) this.#times.set(job, [unitMs])
    else times.push(unitMs)
  }

  /** Tells whether a job of those noted since the last call is slow. */
  isSlow(): boolean {
    const verdicts = [...this.#times].map(([job, times]) => this.#judge(job, times))
    this.#times.clear()
    return verdicts.includes(true)
  }

  #judge(job: string, times: readonly number[]): boolean {
    const unitMs = [...times].sort((a, b) => a - b)[times.length >> 1]
    if (unitMs === undefined || times.length < MIN_FRAMES) return false
    const usualMs = this.#usualMs.get(job) ?? unitMs
    this.#usualMs.set(job, Math.min(unitMs, usualMs * DRIFT))
    return usualMs < unitMs * SLOW
  }
}
