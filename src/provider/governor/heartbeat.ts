const BEAT_MS = 50
const MAX_LAG_MS = 50
/** Late for more than this share of the time is a page that stutters. */
const MAX_LATE = 0.05
/** Less time than this says nothing. */
const MIN_MS = 1_000

/** Feels how late the timers of this page come: what makes them late makes the page stutter. */
export class Heartbeat {
  readonly #nowMs: () => number
  #feltMs = 0
  #lateMs = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Beats until the signal aborts. A hidden page is not felt: browsers make its timers late. */
  beat(isVisible: () => boolean, signal: AbortSignal): void {
    let last = this.#nowMs()
    const timer = setInterval(() => {
      const ms = this.#nowMs() - last
      last += ms
      if (!isVisible()) return
      this.#feltMs += ms
      if (ms > BEAT_MS + MAX_LAG_MS) this.#lateMs += ms - BEAT_MS
    }, BEAT_MS)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }

  /** Tells whether the page stuttered since the last call. */
  isLate(): boolean {
    const isLate = this.#feltMs >= MIN_MS && this.#lateMs > this.#feltMs * MAX_LATE
    this.#feltMs = this.#lateMs = 0
    return isLate
  }
}
