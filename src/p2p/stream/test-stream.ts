import type { Address } from '../../protocol/address.ts'
import type { Failure } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import { packMessage, parseMessage } from '../../protocol/work/codec.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import { Bell } from '../bell.ts'
import type { FrameStream } from '../peer-node.ts'

/** One end of a stream whose other end is the test. */
export class TestStream implements FrameStream {
  readonly remote: Address
  readonly peer = 'peer'
  readonly path = 'websocket' as const
  readonly sent: WorkMessage[] = []
  /** Is told of every message that is sent. */
  onSent: (message: WorkMessage) => void = () => undefined
  readonly #inbox: (Frame | undefined)[] = []
  readonly #bell = new Bell()
  cause: Failure | undefined
  isClosed = false

  constructor(remote: Address) {
    this.remote = remote
  }

  arrive(message: WorkMessage | Frame): void {
    this.#inbox.push('kind' in message ? packMessage(message) : message)
    this.#bell.ring()
  }

  hangUp(): void {
    this.#inbox.push(undefined)
    this.#bell.ring()
  }

  send(frame: Frame): boolean {
    const message = parseMessage(frame)
    this.sent.push(message)
    this.onSent(message)
    return true
  }

  drained(): Promise<void> {
    return Promise.resolve()
  }

  get frames(): AsyncIterable<Frame> {
    return this.#read()
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  abort(cause: Failure): void {
    this.cause = cause
    this.hangUp()
  }

  get closed(): Promise<Failure | undefined> {
    return Promise.resolve(this.cause)
  }

  async *#read(): AsyncGenerator<Frame> {
    for (;;) {
      if (this.#inbox.length === 0) await this.#bell.wait(1_000, new AbortController().signal)
      if (this.#inbox.length === 0) continue
      const next = this.#inbox.shift()
      if (next === undefined) return
      yield next
    }
  }
}
