import type { Failure } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'

type Waiter = { resolve(result: IteratorResult<Frame>): void; reject(failure: Failure): void }

/** Frames that have arrived and wait for their reader. One reader at a time; what it leaves waits for the next. */
export class FrameQueue implements AsyncIterable<Frame> {
  #frames: Frame[] = []
  #next = 0
  #waiter: Waiter | undefined
  #end: { failure: Failure | undefined } | undefined
  readonly #onEmpty: () => void

  /** `onEmpty` is called each time that a reader finds nothing to read. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty
  }

  push(frame: Frame): void {
    if (this.#end !== undefined) return
    const waiter = this.#waiter
    this.#waiter = undefined
    if (waiter === undefined) this.#frames.push(frame)
    else waiter.resolve({ value: frame, done: false })
  }

  /** Ends the queue: what is in it can still be read, then comes `failure` or the end. The first call counts. */
  end(failure?: Failure): void {
    if (this.#end !== undefined) return
    this.#end = { failure }
    const waiter = this.#waiter
    this.#waiter = undefined
    if (waiter === undefined) return
    this.#onEmpty()
    if (failure === undefined) waiter.resolve({ value: undefined, done: true })
    else waiter.reject(failure)
  }

  /** Forgets what has not been read. */
  clear(): void {
    this.#frames = []
    this.#next = 0
  }

  get isEnded(): boolean {
    return this.#end !== undefined
  }

  [Symbol.asyncIterator](): AsyncIterator<Frame> {
    return {
      next: () => this.#take(),
      return: async () => ({ value: undefined, done: true }),
    }
  }

  async #take(): Promise<IteratorResult<Frame>> {
    // May bring frames at once, when the stream was waiting for its reader.
    if (this.#frames.length === 0) this.#onEmpty()
    const frame = this.#frames[this.#next]
    if (frame !== undefined) {
      this.#next += 1
      if (this.#next === this.#frames.length) this.clear()
      return { value: frame, done: false }
    }
    if (this.#end?.failure !== undefined) throw this.#end.failure
    if (this.#end !== undefined) return { value: undefined, done: true }
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }
}
