/** How long a part of a unit should keep the GPU busy before the page may draw. */
const SHORT_MS = 25
const LONG_MS = 100
const FIRST = 16
const MOST = 4096

/** How many dispatches are submitted at a time: learned from how long they took, because the page's own frames wait behind them. */
export class Pace {
  #dispatches = FIRST

  /** The dispatches of the next part. */
  get dispatches(): number {
    return this.#dispatches
  }

  /** Takes in that a part of `dispatches` took so long. */
  note(dispatches: number, elapsedMs: number): void {
    if (elapsedMs > LONG_MS) this.#dispatches = Math.max(1, Math.floor(dispatches / 2))
    else if (elapsedMs < SHORT_MS && dispatches >= this.#dispatches)
      this.#dispatches = Math.min(MOST, 2 * dispatches)
  }
}
