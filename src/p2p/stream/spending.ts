import { Failure } from '../../protocol/failure.ts'
import type { Budget } from '../peer-node.ts'

/** Counts what a peer sends against its budget. */
export class Spending {
  readonly #budget: Budget
  #seconds: { frames: number; bytes: number }
  #at = performance.now()

  constructor(budget: Budget) {
    this.#budget = budget
    this.#seconds = { frames: budget.burstSeconds, bytes: budget.burstSeconds }
  }

  /** Books what has arrived. Throws `refused` when the budget is overdrawn. */
  book({ frames, bytes }: { frames: number; bytes: number }): void {
    const { framesPerSecond, bytesPerSecond, burstSeconds } = this.#budget
    const now = performance.now()
    const passed = (now - this.#at) / 1000
    this.#at = now
    this.#seconds = {
      frames: Math.min(burstSeconds, this.#seconds.frames + passed) - frames / framesPerSecond,
      bytes: Math.min(burstSeconds, this.#seconds.bytes + passed) - bytes / bytesPerSecond,
    }
    if (this.#seconds.frames < 0)
      throw new Failure('refused', `flood: more than ${framesPerSecond} frames per second`)
    if (this.#seconds.bytes < 0)
      throw new Failure('refused', `flood: more than ${bytesPerSecond} bytes per second`)
  }
}
