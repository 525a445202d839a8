import { sleep } from '../p2p/sleep.ts'

/** Keeps the share of time that workers compute: after work it rests in proportion, so that busy / (busy + rest) is `duty`. */
export class Governor {
  /** From above 0 to 1. */
  duty: number
  readonly #restsMs = new Map<string, number>()

  constructor(duty: number) {
    this.duty = duty
  }

  /** Rests after a lane was busy for so long. Short rests are saved up until a timer can keep them. */
  async rest(lane: string, busyMs: number, signal: AbortSignal): Promise<void> {
    const owedMs = (this.#restsMs.get(lane) ?? 0) + restMs(busyMs, this.duty)
    if (owedMs < MIN_REST_MS) {
      this.#restsMs.set(lane, owedMs)
      return
    }
    this.#restsMs.set(lane, 0)
    await sleep(Math.min(owedMs, MAX_REST_MS), signal)
  }
}

const MIN_REST_MS = 5
const MAX_REST_MS = 60_000

/** How long to rest after being busy. */
function restMs(busyMs: number, duty: number): number {
  return busyMs * (1 / Math.min(1, Math.max(0.01, duty)) - 1)
}
