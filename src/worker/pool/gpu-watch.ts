import { Failure } from '../../protocol/failure.ts'
import type { GpuHealth } from './gpu-health.ts'
import {
  afterAnswer,
  afterLateLoad,
  afterLoss,
  afterSilence,
  blameOf,
  healthyGpu,
  isGivenUp,
  restOf,
  troubleOf,
} from './gpu-health.ts'

/** What watching the GPU needs. */
export type GpuWatchPorts = {
  /** Asks for a device. Resolves when it comes, however long that takes; throws when none will. */
  probe(): Promise<void>
  nowMs(): number
  /** Resolves after so many milliseconds, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

/** A GPU that does not answer within this time is wedged. */
const ANSWER_MS = 4_000
/** Where there was no device another question follows: soon after the first, because a GPU process that died starts again. */
const ASK_AGAIN_MS = [2_000, 30_000]
/** A rest of so long is waited out by the units that come meanwhile; for a longer one they are failed, to be run elsewhere. */
const SHORT_REST_MS = 1_500

/** Keeps account of the GPU's failures: who may use it and when, and whether it answers at all. */
export class GpuWatch {
  readonly #ports: GpuWatchPorts
  readonly #signal: AbortSignal
  #health: GpuHealth = healthyGpu
  /** The one question that is open; it resolves to whether the GPU has answered. */
  #question: Promise<boolean> | undefined

  /** Asking ends when `signal` aborts. */
  constructor(ports: GpuWatchPorts, signal: AbortSignal) {
    this.#ports = ports
    this.#signal = signal
  }

  /** Why the GPU is not to be counted on now; undefined when it is, or will be in a moment. */
  get trouble(): Failure | undefined {
    const now = this.#ports.nowMs()
    return restOf(this.#health, now) > SHORT_REST_MS ? troubleOf(this.#health, now) : undefined
  }

  /** Whether no kernel may use the GPU until the page is loaded again. */
  get isGivenUp(): boolean {
    return isGivenUp(this.#health)
  }

  /** Waits out a short rest. Gives why the kernel may not use the GPU, if it may not. */
  async admit(kernel: string, signal: AbortSignal): Promise<Failure | undefined> {
    const blame = blameOf(this.#health, kernel)
    if (blame !== undefined || this.trouble !== undefined) return blame ?? this.trouble
    const restMs = restOf(this.#health, this.#ports.nowMs())
    if (restMs === 0) return undefined
    await this.#ports.wait(restMs, signal)
    return signal.aborted ? undefined : await this.admit(kernel, signal)
  }

  /**
   * Takes account of a failure that ended the GPU's worker while it had `kernel`: `refused` when that was not loaded in time. A
   * unit that took too long is told apart from a GPU that does not answer. Without a kernel no worker got a device.
   */
  async explain(kernel: string | undefined, failure: Failure, signal: AbortSignal): Promise<Failure> {
    if (failure.code === 'unreachable') return failure
    const isLateLoad = failure.code === 'refused'
    const isSilent = (failure.code === 'timeout' || isLateLoad) && !(await this.#answersSoon(signal))
    if (signal.aborted) return failure
    const told = isSilent && !isLateLoad ? wedged(failure) : failure
    const wasWedged = this.#health.isWedged
    if (kernel === undefined) this.#health = afterSilence(this.#health, failure)
    else if (isLateLoad) this.#health = afterLateLoad(this.#health, kernel, { failure, isSilent })
    else this.#health = afterLoss(this.#health, kernel, { failure: told, now: this.#ports.nowMs() })
    if (this.#health.isWedged && !wasWedged) void this.#untilItAnswers()
    return told
  }

  async #untilItAnswers(): Promise<void> {
    for (let asked = 0; !this.#signal.aborted; asked += 1) {
      if (await this.#ask()) break
      const [soon = 0, later = 0] = ASK_AGAIN_MS
      await this.#ports.wait(asked === 0 ? soon : later, this.#signal)
    }
    this.#health = afterAnswer(this.#health)
  }

  async #answersSoon(signal: AbortSignal): Promise<boolean> {
    return await Promise.race([this.#ask(), this.#ports.wait(ANSWER_MS, signal).then(() => false)])
  }

  #ask(): Promise<boolean> {
    this.#question ??= this.#ports
      .probe()
      .then(() => true)
      .catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error
        return false
      })
      .finally(() => {
        this.#question = undefined
      })
    return this.#question
  }
}

function wedged(cause: Failure): Failure {
  return new Failure('wedged', `${cause.message}, and the GPU does not answer any more`, { cause })
}
