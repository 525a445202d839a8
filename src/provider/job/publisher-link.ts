import type { FrameStream, Path, PeerNode, PeerTarget } from '../../p2p/peer-node.ts'
import { sleep } from '../../p2p/sleep.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import { packMessage, parseMessage } from '../../protocol/work/codec.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'

/** What happens on a link. */
export type LinkPorts = {
  readonly node: PeerNode
  /** Where the publisher is; its addresses may change between dials. */
  readonly target: PeerTarget
  /** The signed hello. */
  hello(): unknown
  onOpen(): void
  onMessage(message: WorkMessage): void
  /** The link is down; it is dialled again. */
  onDown(why: string): void
}

const WORK_PROTOCOL = '/weft/work/1'
const FIRST_BACKOFF_MS = 500
const MAX_BACKOFF_MS = 15_000

/** One long-lived connection to a publisher, dialled again whenever it is lost. */
export class PublisherLink {
  readonly #ports: LinkPorts
  #stream: FrameStream | undefined
  #isWelcome = false

  constructor(ports: LinkPorts) {
    this.#ports = ports
  }

  get isOpen(): boolean {
    return this.#isWelcome
  }

  get path(): Path | undefined {
    return this.#isWelcome ? this.#stream?.path : undefined
  }

  /** Sends a message; false when the link is down and it went nowhere. */
  send(message: WorkMessage): boolean {
    return this.#stream?.send(packMessage(message)) ?? false
  }

  /** Sends now what waits to be sent: a tab that is put to sleep has no later. */
  flush(): void {
    void this.#stream?.drained()
  }

  /** Keeps the link up until the signal aborts, and then says goodbye. */
  async run(signal: AbortSignal): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS
    while (!signal.aborted) {
      const why = await this.#visit(signal)
      const wasOpen = this.#isWelcome
      this.#isWelcome = false
      if (signal.aborted) return
      backoffMs = wasOpen ? FIRST_BACKOFF_MS : Math.min(backoffMs * 2, MAX_BACKOFF_MS)
      this.#ports.onDown(why)
      await sleep(backoffMs * (0.75 + Math.random() / 2), signal)
    }
  }

  /** Dials, and reads until the stream ends. Returns why it ended. */
  async #visit(signal: AbortSignal): Promise<string> {
    const { node, target, hello, onOpen, onMessage } = this.#ports
    const leave = (): void => void this.#leave()
    try {
      const stream = await node.dial(target, WORK_PROTOCOL, signal)
      this.#stream = stream
      signal.addEventListener('abort', leave, { once: true })
      this.send({ kind: 'hello', body: hello() })
      for await (const frame of stream.frames) {
        const message = parseMessage(frame)
        if (message.kind === 'welcome') {
          this.#isWelcome = true
          onOpen()
        } else if (message.kind === 'goodbye') break
        else if (message.kind === 'refusal' && message.jobId === undefined)
          throw new Failure('refused', `The publisher refuses: ${message.why}`)
        else onMessage(message)
      }
      await stream.close()
      return 'the publisher closed the connection'
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#stream?.abort(error)
      return reason(error)
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  async #leave(): Promise<void> {
    this.send({ kind: 'goodbye', why: 'leaving' })
    await this.#stream?.close()
  }
}
