import { Failure, reason } from '../../protocol/failure.ts'
import type { FromWorker, Port, ToWorker } from '../message.ts'
import { parseFromWorker } from '../message.ts'

/** How long messages that have arrived may take to be read. */
const SETTLE_MS = 200

/** What a link needs of the frame that its worker lives in. */
export type WorkerHome = { readonly place: WorkerPlace; kill(): void; isThere(): boolean }
/** Which worker of which frame of the page: numbers that are never used again. */
export type WorkerPlace = { readonly frame: number; readonly worker: number }

type Waiter = { resolve(message: FromWorker): void; reject(failure: Failure): void }

/**
 * The page's end of one worker in the sandbox: messages in order, one reader, and an end that can come at any time. A worker of
 * ours says nothing that nobody waits for, so none is kept: one that has fallen would fill the memory of the page.
 */
export class WorkerLink {
  readonly #port: Port
  readonly #home: WorkerHome
  #waiter: Waiter | undefined
  #failure: Failure | undefined

  constructor(port: Port, home: WorkerHome) {
    this.#port = port
    this.#home = home
    port.onmessage = ({ data }) => this.take(data)
  }

  get place(): WorkerPlace {
    return this.#home.place
  }

  /** Whether the worker can still be reached. */
  get isThere(): boolean {
    return this.#failure === undefined && this.#home.isThere()
  }

  /** Says something to the worker. */
  post(message: ToWorker): void {
    this.#port.postMessage(message, [])
  }

  /** Waits for the next message. Throws `timeout`, `cancelled` when `signal` aborts, or why the worker is gone. */
  async receive(timeoutMs: number, signal?: AbortSignal): Promise<FromWorker> {
    if (this.#failure !== undefined) throw this.#failure
    if (signal?.aborted) throw cancelled()
    return await new Promise<FromWorker>((resolve, reject) => {
      const settle = (): void => {
        stop()
        signal?.removeEventListener('abort', cancel)
        this.#waiter = undefined
      }
      const fail = (failure: Failure): void => {
        settle()
        reject(failure)
      }
      const cancel = (): void => fail(cancelled())
      const late = (): void => fail(new Failure('timeout', `no answer within ${timeoutMs} ms`))
      const stop = setDeadline(timeoutMs, late)
      signal?.addEventListener('abort', cancel, { once: true })
      this.#waiter = {
        resolve: (message) => {
          settle()
          resolve(message)
        },
        reject: fail,
      }
    })
  }

  /** Ends the worker; whoever waits for it gets `failure`. */
  end(failure: Failure = cancelled()): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#port.close()
    this.#home.kill()
    this.#waiter?.reject(failure)
  }

  /** Takes what the worker says. */
  take(data: unknown): void {
    try {
      const message = parseFromWorker(data)
      if (message.kind === 'lost')
        this.end(new Failure('device-lost', `The GPU device was lost: ${message.message}`))
      else if (this.#waiter === undefined)
        this.end(new Failure('malformed', `The sandbox sent "${message.kind}", which nobody waited for`))
      else this.#waiter.resolve(message)
    } catch (error) {
      this.end(new Failure('malformed', `The sandbox sent what no worker of ours sends: ${reason(error)}`))
    }
  }
}

/**
 * Calls `late` after so many milliseconds and a little more: a page that slept or was busy finds its timers due before it has
 * read the messages that came meanwhile. Gives what stops it.
 */
export function setDeadline(ms: number, late: () => void): () => void {
  let timer = setTimeout(() => {
    timer = setTimeout(late, SETTLE_MS)
  }, ms)
  return () => clearTimeout(timer)
}

/** Bytes that are all of their buffer, because posting a view sends the whole buffer. */
export function compact(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice()
}

/** The failure of work that somebody stopped. */
export function cancelled(): Failure {
  return new Failure('cancelled', 'The work was cancelled')
}
