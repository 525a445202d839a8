import { sleep } from './sleep.ts'

/** Wakes one loop: it waits for a ring or for time to pass, and a ring while it is busy is not lost. */
export class Bell {
  #isRung = false
  #wake: () => void = () => undefined

  ring(): void {
    if (this.#isRung) return
    this.#isRung = true
    this.#wake()
  }

  /** Waits for the next ring, at most `ms`, or until the signal aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isRung) {
      const rung = new AbortController()
      this.#wake = () => rung.abort()
      await sleep(ms, AbortSignal.any([signal, rung.signal]))
    }
    this.#isRung = false
  }
}
