import type { Digest } from '../../protocol/bytes.ts'
import { fromHex } from '../../protocol/bytes.ts'
import { Failure, malformed } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import { readBytes } from '../../protocol/read.ts'
import type { FrameStream, PeerNode, PeerTarget } from '../peer-node.ts'
import type { BlockList, BlockRequest } from './block-message.ts'
import { BLOCK_BYTES, BLOCK_FRAME, BLOCKS_PROTOCOL, packRequest, readBlockList } from './block-message.ts'

/** A peer that is asked for blocks, over one stream that is opened when it is needed and again when it was lost. */
export type BlockSource = {
  readonly peer: string
  /** The blocks of a blob, as the peer says. Throws `refused`, `unreachable`, `timeout`, `malformed`. */
  list(blob: Digest): Promise<BlockList>
  /** Asks for blocks and hands each on as it comes, not yet verified. Throws like `list`. */
  get(request: BlockRequest, onBlock: (block: Digest, bytes: Uint8Array) => void): Promise<void>
  /** Ends the stream for what the peer has done. */
  abort(cause: Failure): void
}

const STALL_MS = 30_000

/** What it takes to reach a peer. */
type Dials = Pick<PeerNode, 'dial'>

/** Makes a source of a peer; it lives until the signal aborts. */
export function blockSource(node: Dials, target: PeerTarget, signal: AbortSignal): BlockSource {
  return new PeerBlocks(node, target, signal)
}

/** A question that is not fully answered: `take` returns true when it is. */
type Open = { take(frame: Frame): boolean; resolve(): void; reject(error: unknown): void; touch(): void }

class PeerBlocks implements BlockSource {
  readonly peer: string
  readonly #node: Dials
  readonly #target: PeerTarget
  readonly #signal: AbortSignal
  readonly #open = new Map<number, Open>()
  #stream: Promise<FrameStream> | undefined
  #lastRequest = 0

  constructor(node: Dials, target: PeerTarget, signal: AbortSignal) {
    this.peer = target.peer
    this.#node = node
    this.#target = target
    this.#signal = signal
  }

  async list(blob: Digest): Promise<BlockList> {
    let list: BlockList | undefined
    await this.#ask({ type: BLOCK_FRAME.list, body: fromHex(blob) }, ({ type, body }) => {
      if (type !== BLOCK_FRAME.listed) throw malformed('blocks frame', 'an answer to list', type)
      list = readBlockList(body)
      return true
    })
    if (list === undefined) throw new Failure('unreachable', `peer ${this.peer} did not list blob ${blob}`)
    return list
  }

  async get(request: BlockRequest, onBlock: (block: Digest, bytes: Uint8Array) => void): Promise<void> {
    const wanted = request.blocks.values()
    let left = request.blocks.length
    if (left === 0) return
    await this.#ask({ type: BLOCK_FRAME.get, body: packRequest(request) }, ({ type, body }) => {
      const { value: block } = wanted.next()
      if (type !== BLOCK_FRAME.block || block === undefined)
        throw malformed('blocks frame', 'an answer to get', type)
      onBlock(block, readBytes(body, 'block', [0, BLOCK_BYTES]))
      left -= 1
      return left === 0
    })
  }

  abort(cause: Failure): void {
    void this.#stream?.then(
      (stream) => stream.abort(cause),
      () => undefined,
    )
  }

  async #ask(question: { type: number; body: unknown }, take: (frame: Frame) => boolean): Promise<void> {
    const stream = await this.#opened()
    this.#lastRequest += 1
    const request = this.#lastRequest
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        const stalled = new Failure('timeout', `peer ${this.peer} sent no block for ${STALL_MS / 1000} s`)
        const touch = () => {
          clearTimeout(timer)
          timer = setTimeout(() => reject(stalled), STALL_MS)
        }
        touch()
        this.#open.set(request, { take, resolve, reject, touch })
        if (!stream.send({ ...question, request }))
          void stream.closed.then((cause) => reject(cause ?? this.#lost()))
      })
    } finally {
      clearTimeout(timer)
      this.#open.delete(request)
    }
  }

  #opened(): Promise<FrameStream> {
    this.#stream ??= this.#dial()
    return this.#stream
  }

  async #dial(): Promise<FrameStream> {
    try {
      const stream = await this.#node.dial(this.#target, BLOCKS_PROTOCOL, this.#signal)
      const close = () => void stream.close()
      this.#signal.addEventListener('abort', close, { once: true })
      void stream.closed.then(() => this.#signal.removeEventListener('abort', close))
      void this.#read(stream)
      return stream
    } catch (error) {
      this.#stream = undefined
      throw error
    }
  }

  async #read(stream: FrameStream): Promise<void> {
    let cause: unknown
    try {
      for await (const frame of stream.frames) this.#take(frame)
    } catch (error) {
      cause = error
      stream.abort(error instanceof Failure ? error : this.#lost())
    }
    this.#stream = undefined
    for (const { reject } of this.#open.values()) reject(cause ?? this.#lost())
  }

  /** An answer to a question that was given up is no fault of the peer. */
  #take(frame: Frame): void {
    const open = this.#open.get(frame.request)
    if (open === undefined) return
    open.touch()
    if (frame.type === BLOCK_FRAME.refused)
      open.reject(new Failure('refused', `peer ${this.peer}: ${String(frame.body).slice(0, 300)}`))
    else if (open.take(frame)) open.resolve()
  }

  #lost(): Failure {
    return new Failure('unreachable', `peer ${this.peer} ended the exchange of blocks`)
  }
}
