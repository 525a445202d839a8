import type { Connection, Stream } from '@libp2p/interface'
import type { Address } from '../../protocol/address.ts'
import { concat } from '../../protocol/bytes.ts'
import { defer } from '../../protocol/defer.ts'
import { Failure, malformed, reason } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import { encodeFrame, FrameReader } from '../../protocol/frame.ts'
import type { FrameStream, FrameStreamOptions, Path } from '../peer-node.ts'
import { accountOfPeer, pathOf } from './connection.ts'
import { FrameQueue } from './frame-queue.ts'
import { Heartbeat } from './heartbeat.ts'
import { Spending } from './spending.ts'

/** Frames of this type are the stream's own: they carry one of the words of `Control`. */
const CONTROL = 0
type Control = 'ping' | 'pong' | 'end'

const FLUSH_BYTES = 256 * 1024
/** Unread bytes at which reading stops, and at which libp2p gives the stream up (WebRTC cannot be told to stop). */
const PAUSE_BYTES = 8 * 1024 * 1024
const MAX_UNREAD_BYTES = 64 * 1024 * 1024
const MAX_UNSENT_BYTES = 128 * 1024 * 1024
const CLOSE_MS = 5_000

/** Makes a stream of frames of a fresh libp2p stream. Throws `refused` when the peer's key is not secp256k1. */
export function openFrameStream(
  stream: Stream,
  connection: Connection,
  options: FrameStreamOptions = {},
): FrameStream {
  return new LibP2PFrameStream(stream, connection, options)
}

class LibP2PFrameStream implements FrameStream {
  readonly remote: Address
  readonly peer: string
  readonly path: Path
  readonly frames: FrameQueue
  readonly closed: Promise<Failure | undefined>
  readonly #stream: Stream
  readonly #reader = new FrameReader()
  readonly #spending: Spending | undefined
  readonly #heartbeat: Heartbeat
  #outbox: Uint8Array[] = []
  #outboxBytes = 0
  #unreadBytes = 0
  #isClosing = false
  #isEnded = false
  #closeTimer: ReturnType<typeof setTimeout> | undefined
  #resolveClosed: (failure: Failure | undefined) => void = () => undefined

  constructor(stream: Stream, connection: Connection, options: FrameStreamOptions) {
    this.remote = accountOfPeer(connection.remotePeer)
    this.peer = connection.remotePeer.toString()
    this.path = pathOf(connection)
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    this.frames = new FrameQueue(() => this.#onEmpty())
    this.#spending = options.budget && new Spending(options.budget)
    const { idleMs = 20_000, answerMs = 12_000 } = options
    this.#heartbeat = new Heartbeat(
      { idleMs, answerMs },
      {
        ping: () => this.#sendControl('ping'),
        onDead: () => connection.abort(silent(this.peer, idleMs + answerMs)),
      },
    )
    this.#stream = stream
    stream.maxReadBufferLength = MAX_UNREAD_BYTES
    stream.maxWriteBufferLength = MAX_UNSENT_BYTES
    stream.inactivityTimeout = 2 * (idleMs + answerMs)
    stream.addEventListener('message', ({ data }) => this.#receive(data.subarray()))
    stream.addEventListener('drain', () => this.#heartbeat.heard())
    stream.addEventListener('close', ({ error }) => this.#finish(this.#causeOf(error)))
    if (stream.status !== 'open') this.#finish(this.#causeOf())
  }

  send(frame: Frame): boolean {
    if (frame.type === CONTROL) throw malformed('frame.type', '1 to 255', frame.type)
    return this.#post(frame)
  }

  async drained(): Promise<void> {
    this.#flush()
    while (this.#stream.writableNeedsDrain && !this.#isEnded) await this.#nextDrain()
  }

  async close(): Promise<void> {
    if (!this.#isClosing && !this.#isEnded) {
      this.#sendControl('end')
      this.#isClosing = true
      await this.drained()
      this.#endWithin(CLOSE_MS)
      await this.#stream.close({ signal: AbortSignal.timeout(CLOSE_MS) }).catch(() => this.#finish(undefined))
    }
    await this.closed
  }

  abort(cause: Failure): void {
    if (this.#isEnded) return
    this.frames.clear()
    this.#finish(cause)
  }

  #post(frame: Frame): boolean {
    if (this.#isClosing || this.#isEnded) return false
    const bytes = encodeFrame(frame)
    if (this.#outbox.length === 0) defer(() => this.#flush())
    this.#outbox.push(bytes)
    this.#outboxBytes += bytes.length
    if (this.#outboxBytes >= FLUSH_BYTES) this.#flush()
    return true
  }

  #sendControl(body: Control): void {
    this.#post({ type: CONTROL, request: 0, body })
  }

  #flush(): void {
    if (this.#outbox.length === 0 || this.#isEnded) return
    const bytes = concat(this.#outbox)
    this.#outbox = []
    this.#outboxBytes = 0
    try {
      this.#stream.send(bytes)
    } catch (error) {
      this.#finish(this.#causeOf(error))
    }
  }

  /** Never throws: an error in a listener of libp2p would end the process. */
  #receive(bytes: Uint8Array): void {
    if (this.#isEnded) return
    this.#heartbeat.heard()
    try {
      this.#spending?.book({ frames: 0, bytes: bytes.length })
      const frames = this.#reader.push(bytes)
      this.#spending?.book({ frames: frames.length, bytes: 0 })
      for (const frame of frames) {
        if (frame.type === CONTROL) this.#obey(frame.body)
        else this.frames.push(frame)
      }
      this.#unreadBytes += bytes.length
      if (this.#unreadBytes > PAUSE_BYTES && this.#stream.readStatus === 'readable') this.#stream.pause()
    } catch (error) {
      this.abort(error instanceof Failure ? error : new Failure('malformed', reason(error), { cause: error }))
    }
  }

  #obey(word: unknown): void {
    if (word === 'ping') this.#sendControl('pong')
    else if (word === 'end') this.frames.end()
    else if (word !== 'pong') throw malformed('control frame', 'ping, pong or end', word)
    if (word === 'end') this.#endWithin(CLOSE_MS)
  }

  /** The reader has seen all there is. */
  #onEmpty(): void {
    this.#unreadBytes = 0
    if (this.#stream.readStatus === 'paused') this.#stream.resume()
    if (this.frames.isEnded && !this.#isEnded) void this.close()
  }

  #endWithin(ms: number): void {
    this.#heartbeat.stop()
    this.#closeTimer ??= setTimeout(() => this.#finish(undefined), ms)
  }

  /** An end that both sides have agreed to has no cause. */
  #causeOf(error?: unknown): Failure | undefined {
    if (this.#isClosing || this.frames.isEnded) return undefined
    if (error instanceof Failure) return error
    const text = error === undefined ? 'the connection closed' : reason(error)
    return new Failure('unreachable', `peer ${this.peer}: ${text}`, { cause: error })
  }

  #finish(cause: Failure | undefined): void {
    if (this.#isEnded) return
    this.#isEnded = true
    clearTimeout(this.#closeTimer)
    this.#heartbeat.stop()
    this.frames.end(cause)
    this.#resolveClosed(cause)
    this.#stream.abort(cause ?? new Error('closed'))
  }

  /** The `onDrain` of libp2p's streams waits only the first time. */
  #nextDrain(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#stream.removeEventListener('drain', done)
        this.#stream.removeEventListener('close', done)
        resolve()
      }
      this.#stream.addEventListener('drain', done)
      this.#stream.addEventListener('close', done)
    })
  }
}

function silent(peer: string, ms: number): Failure {
  return new Failure('timeout', `peer ${peer}: no sign of life for ${ms / 1000} s`)
}
