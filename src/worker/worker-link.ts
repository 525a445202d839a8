import { Failure, reason } from '../protocol/failure.ts'
import type { FromWorker, ToWorker } from './message.ts'
import { parseFromWorker } from './message.ts'

type Waiter = { resolve(message: FromWorker): void; reject(failure: Failure): void }

/** The page's end of one worker in the sandbox: messages in order, one reader, and an end that can come at any time. */
export class WorkerLink {
  readonly #port: MessagePort
  readonly #kill: () => void
  readonly #arrived: FromWorker[] = []
  #waiter: Waiter | undefined
  #failure: Failure | undefined

  constructor(port: MessagePort, kill: () => void) {
    this.#port = port
    this.#kill = kill
    port.onmessage = ({ data }) => this.#take(data)
  }

  /** Why the worker is gone, once it is. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** Says something to the worker. */
  post(message: ToWorker): void {
    this.#port.postMessage(message)
  }

  /** Waits for the next message. Throws `timeout`, `cancelled` when `signal` aborts, or why the worker is gone. */
  async receive(timeoutMs: number, signal?: AbortSignal): Promise<FromWorker> {
    if (this.#failure !== undefined) throw this.#failure
    if (signal?.aborted) throw cancelled()
    const next = this.#arrived.shift()
    if (next !== undefined) return next
    return await new Promise<FromWorker>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
        this.#waiter = undefined
      }
      const fail = (failure: Failure): void => {
        settle()
        reject(failure)
      }
      const cancel = (): void => fail(cancelled())
      const timer = setTimeout(
        () => fail(new Failure('timeout', `no answer within ${timeoutMs} ms`)),
        timeoutMs,
      )
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
    this.#kill()
    this.#waiter?.reject(failure)
  }

  #take(data: unknown): void {
    try {
      const message = parseFromWorker(data)
      if (message.kind === 'lost')
        this.end(new Failure('device-lost', `The GPU device was lost: ${message.message}`))
      else if (this.#waiter === undefined) this.#arrived.push(message)
      else this.#waiter.resolve(message)
    } catch (error) {
      this.end(new Failure('malformed', `The sandbox sent what no worker of ours sends: ${reason(error)}`))
    }
  }
}

/** The failure of work that somebody stopped. */
export function cancelled(): Failure {
  return new Failure('cancelled', 'The work was cancelled')
}
