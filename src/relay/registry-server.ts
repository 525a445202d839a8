import type { Libp2p } from '@libp2p/interface'
import type { Budget, FrameStream } from '../p2p/peer-node.ts'
import { AnnouncementBook, CLOCK_SKEW_SECONDS } from '../p2p/registry/announcement-book.ts'
import { entriesFrames, REGISTRY_FRAME, REGISTRY_PROTOCOL } from '../p2p/registry/registry-message.ts'
import { openFrameStream } from '../p2p/stream/frame-stream.ts'
import type { SignedAnnouncement } from '../protocol/announcement.ts'
import { parseAnnouncement } from '../protocol/announcement.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { Frame } from '../protocol/frame.ts'
import { packStatement, parseStatement, statementSigner } from '../protocol/statement.ts'
import { WitnessBook } from './witness-book.ts'

export type RegistryLimits = {
  readonly maxAnnouncements: number
  readonly maxPerPublisher: number
  /** What one peer may send on its stream. */
  readonly budget: Budget
}

export type RegistryServer = {
  /** How many announcements it holds, and how many peers watch. */
  stats(): { readonly announcements: number; readonly watchers: number }
}

type Clock = () => number

const STREAMS_PER_PEER = 4
const EXPIRY_CHECK_MS = 1_000
/** News is told at once, within a tick that gathers some; a mere renewal can wait. */
const NEWS_MS = 100
const RENEWAL_MS = 10_000
/** Peers ask for signs of life; the relay only makes sure that they do. */
const LIVENESS = { idleMs: 60_000, answerMs: 15_000 }

/** Serves the registry on a relay's node: soft state, signed by the publishers, gone when it expires. */
export async function serveRegistry(
  libp2p: Libp2p,
  { limits, now = () => Date.now() / 1000 }: { limits: RegistryLimits; now?: Clock },
  signal: AbortSignal,
): Promise<RegistryServer> {
  const registry = new RelayRegistry(limits, now)
  const timer = setInterval(() => registry.expire(), EXPIRY_CHECK_MS)
  signal.addEventListener('abort', () => {
    clearInterval(timer)
    registry.stop()
  })
  await libp2p.handle(
    REGISTRY_PROTOCOL,
    (stream, connection) => {
      try {
        void registry.serve(openFrameStream(stream, connection, { ...LIVENESS, budget: limits.budget }))
      } catch (error) {
        stream.abort(error instanceof Error ? error : new Error(reason(error)))
      }
    },
    { maxInboundStreams: STREAMS_PER_PEER },
  )
  return registry
}

class RelayRegistry implements RegistryServer {
  readonly #limits: RegistryLimits
  readonly #now: Clock
  readonly #book = new AnnouncementBook(0)
  readonly #witnesses: WitnessBook
  /** Watching streams, with the request that their entries answer. */
  readonly #watchers = new Map<FrameStream, number>()
  #news = new Set<SignedAnnouncement>()
  #timer: { readonly id: ReturnType<typeof setTimeout>; readonly dueAt: number } | undefined

  constructor(limits: RegistryLimits, now: Clock) {
    this.#limits = limits
    this.#witnesses = new WitnessBook(limits.maxAnnouncements)
    this.#now = now
  }

  stats() {
    return { announcements: this.#book.size, watchers: this.#watchers.size }
  }

  expire(): void {
    this.#book.expire(this.#now())
  }

  stop(): void {
    clearTimeout(this.#timer?.id)
  }

  /** Serves one peer's stream until it ends. A peer that talks nonsense loses its stream; nobody else notices. */
  async serve(stream: FrameStream): Promise<void> {
    try {
      for await (const frame of stream.frames) {
        this.#answer(stream, frame)
        await stream.drained()
      }
    } catch (error) {
      stream.abort(
        error instanceof Failure ? error : new Failure('malformed', reason(error), { cause: error }),
      )
    } finally {
      this.#watchers.delete(stream)
    }
  }

  #answer(stream: FrameStream, { type, request, body }: Frame): void {
    if (type === REGISTRY_FRAME.announce) {
      const refusal = this.#announce(body)
      if (refusal === undefined) stream.send({ type: REGISTRY_FRAME.accepted, request, body: null })
      else stream.send({ type: REGISTRY_FRAME.refused, request, body: refusal })
    } else if (type === REGISTRY_FRAME.query || type === REGISTRY_FRAME.watch) {
      for (const frame of entriesFrames(this.#book.open(), request)) stream.send(frame)
      stream.send({ type: REGISTRY_FRAME.listed, request, body: null })
      if (type === REGISTRY_FRAME.watch) this.#watchers.set(stream, request)
    } else if (type === REGISTRY_FRAME.witness) {
      stream.send({ request, ...this.#witness(body) })
    } else {
      throw new Failure(
        'malformed',
        `registry frame: type ${type} is none of announce, query, watch, witness`,
      )
    }
  }

  /** Answers a statement with the first one of its place, or says why it cannot be taken. */
  #witness(body: unknown): Pick<Frame, 'type' | 'body'> {
    const signed = parseStatement(body)
    const first = this.#witnesses.first(signed.statement)
    if (first !== undefined) return { type: REGISTRY_FRAME.first, body: packStatement(first) }
    const open = this.#book.ofJob(signed.statement.jobId)
    if (open === undefined) return { type: REGISTRY_FRAME.refused, body: 'no such job is announced here' }
    const { settler } = open.announcement.opening
    if (statementSigner(signed, open.announcement) !== settler)
      return {
        type: REGISTRY_FRAME.refused,
        body: `statement.signature: not of the job's settler ${settler}`,
      }
    this.#witnesses.keep(signed)
    return { type: REGISTRY_FRAME.first, body: packStatement(signed) }
  }

  /** Takes an announcement in, or says why not. */
  #announce(body: unknown): string | undefined {
    let signed: SignedAnnouncement
    try {
      signed = parseAnnouncement(body)
    } catch (error) {
      return reason(error)
    }
    const { announcement } = signed
    const refusal = this.#refusal(signed)
    if (refusal !== undefined) return refusal
    const outcome = this.#book.put(signed)
    if (outcome === 'stale')
      return `announcement.issuedAt: an announcement of ${announcement.issuedAt} or later is known`
    if (outcome !== 'known') this.#tell(signed, outcome === 'refreshed' ? RENEWAL_MS : NEWS_MS)
    return undefined
  }

  #refusal({ announcement }: SignedAnnouncement): string | undefined {
    const now = this.#now()
    const clock = `the relay's clock says ${Math.floor(now)}`
    if (announcement.issuedAt > now + CLOCK_SKEW_SECONDS)
      return `announcement.issuedAt: ${announcement.issuedAt} is in the future; ${clock}`
    if (announcement.expiresAt <= now)
      return `announcement.expiresAt: ${announcement.expiresAt} is past; ${clock}`
    if (this.#book.has(announcement)) return undefined
    const { maxAnnouncements, maxPerPublisher } = this.#limits
    if (this.#book.countOf(announcement.opening.publisher) >= maxPerPublisher)
      return `the publisher has ${maxPerPublisher} jobs announced, which is this relay's limit`
    if (this.#book.size >= maxAnnouncements)
      return `the relay holds ${maxAnnouncements} announcements, which is its limit; try another relay`
    return undefined
  }

  #tell(signed: SignedAnnouncement, withinMs: number): void {
    this.#news.add(signed)
    const dueAt = Date.now() + withinMs
    if (this.#timer !== undefined && this.#timer.dueAt <= dueAt) return
    clearTimeout(this.#timer?.id)
    this.#timer = { id: setTimeout(() => this.#tellAll(), withinMs), dueAt }
  }

  #tellAll(): void {
    this.#timer = undefined
    const news = [...this.#news]
    this.#news = new Set()
    for (const [stream, request] of this.#watchers) {
      for (const frame of entriesFrames(news, request)) stream.send(frame)
    }
  }
}
