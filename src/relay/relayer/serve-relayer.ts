import type { Libp2p } from '@libp2p/interface'
import type { Budget, FrameStream } from '../../p2p/peer-node.ts'
import {
  packHash,
  packQuote,
  parseOrder,
  RELAYER_FRAME,
  RELAYER_PROTOCOL,
} from '../../p2p/relayer/relayer-message.ts'
import { openFrameStream } from '../../p2p/stream/frame-stream.ts'
import { parseOutline } from '../../protocol/escrow/call-outline.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import type { Relayer } from './relayer.ts'

/** What one peer may ask of a relayer. */
export type RelayerLimits = {
  readonly questionsPerMinute: number
  readonly budget: Budget
}

const STREAMS_PER_PEER = 4
const MINUTE_MS = 60_000
/** Peers ask for signs of life; the relay only makes sure that they do. */
const LIVENESS = { idleMs: 60_000, answerMs: 15_000 }
const REASON_LENGTH = 300

/** Serves a relayer on a relay's node. A peer that talks nonsense loses its stream; one that asks for nonsense is told so. */
export async function serveRelayer(libp2p: Libp2p, relayer: Relayer, limits: RelayerLimits): Promise<void> {
  const counter = new QuestionCounter(limits.questionsPerMinute)
  await libp2p.handle(
    RELAYER_PROTOCOL,
    (stream, connection) => {
      try {
        const frames = openFrameStream(stream, connection, { ...LIVENESS, budget: limits.budget })
        void serve(frames, relayer, counter)
      } catch (error) {
        stream.abort(error instanceof Error ? error : new Error(reason(error)))
      }
    },
    { maxInboundStreams: STREAMS_PER_PEER },
  )
}

async function serve(stream: FrameStream, relayer: Relayer, counter: QuestionCounter): Promise<void> {
  try {
    for await (const { request, ...question } of stream.frames) {
      stream.send({ request, ...(await answer(relayer, question, () => counter.count(stream.peer))) })
      await stream.drained()
    }
  } catch (error) {
    stream.abort(error instanceof Failure ? error : new Failure('malformed', reason(error), { cause: error }))
  }
}

type Said = Pick<Frame, 'type' | 'body'>

/** Answers one question. Throws `malformed` for a frame that is none. */
async function answer(relayer: Relayer, { type, body }: Said, count: () => void): Promise<Said> {
  if (type !== RELAYER_FRAME.quote && type !== RELAYER_FRAME.send)
    throw new Failure('malformed', `relayer frame: type ${type} is none of quote, send`)
  try {
    count()
    if (type === RELAYER_FRAME.quote)
      return { type: RELAYER_FRAME.quoted, body: packQuote(await relayer.quote(parseOutline(body))) }
    return { type: RELAYER_FRAME.sent, body: packHash(await relayer.send(parseOrder(body))) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { type: RELAYER_FRAME.refused, body: reason(error).slice(0, REASON_LENGTH) }
  }
}

/** Counts what each peer asked in this minute. */
class QuestionCounter {
  readonly #most: number
  #counts = new Map<string, number>()
  #minute = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Counts one more question. Throws `refused` when they are too many. */
  count(peer: string): void {
    const minute = Math.floor(Date.now() / MINUTE_MS)
    if (minute !== this.#minute) this.#counts = new Map()
    this.#minute = minute
    const asked = this.#counts.get(peer) ?? 0
    if (asked >= this.#most)
      throw new Failure('refused', `more than ${this.#most} questions in a minute: ask again later`)
    this.#counts.set(peer, asked + 1)
  }
}
