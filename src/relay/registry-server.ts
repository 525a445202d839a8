import type { Connection, Libp2p } from '@libp2p/interface'
import { serveBlocks } from '../p2p/blocks/serve-blocks.ts'
import { handleFrames } from '../p2p/node/handle-frames.ts'
import type { Budget, FrameStream, PeerNode } from '../p2p/peer-node.ts'
import { AnnouncementBook, CLOCK_SKEW_SECONDS } from '../p2p/registry/announcement-book.ts'
import { entriesFrames, REGISTRY_FRAME, REGISTRY_PROTOCOL } from '../p2p/registry/registry-message.ts'
import { openFrameStream } from '../p2p/stream/frame-stream.ts'
import type { Announcement, SignedAnnouncement } from '../protocol/announcement.ts'
import { parseAnnouncement } from '../protocol/announcement.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { Frame } from '../protocol/frame.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import { packStatement, parseStatement, statementSigner } from '../protocol/statement/statement.ts'
import type { Asker } from './mirror.ts'
import { Mirror } from './mirror.ts'
import type { MirrorLimits } from './mirror-book.ts'
import { WitnessBook } from './witness-book.ts'

export type RegistryLimits = MirrorLimits & {
  readonly maxAnnouncements: number
  readonly maxPerPublisher: number
  /** What one peer may send on its stream. */
  readonly budget: Budget
}

export type RegistryServer = {
  /** How many announcements and lists of leaves it holds, and how many peers watch. */
  stats(): { readonly announcements: number; readonly watchers: number; readonly lists: number }
}

type Clock = () => number

const STREAMS_PER_PEER = 4
const EXPIRY_CHECK_MS = 1_000
const MIRROR_CHECK_MS = 60_000
/** A request is worth up to 4 MiB of answers; a list of 10,000 payees is two requests. */
const MIRROR_BUDGET: Budget = { framesPerSecond: 4, bytesPerSecond: 16 * 1024, burstSeconds: 10 }
/** News is told at once, within a tick that gathers some; a mere renewal can wait. */
const NEWS_MS = 100
const RENEWAL_MS = 10_000
/** Peers ask for signs of life; the relay only makes sure that they do. */
const LIVENESS = { idleMs: 60_000, answerMs: 15_000 }

/** Serves the registry on a relay's node, and the lists that it mirrors: soft state, signed by the publishers, gone when it expires. */
export async function serveRegistry(
  libp2p: Libp2p,
  { limits, now = () => Date.now() / 1000 }: { limits: RegistryLimits; now?: Clock },
  signal: AbortSignal,
): Promise<RegistryServer> {
  const mirror = new Mirror(limits, now)
  const registry = new RelayRegistry(limits, { now, mirror })
  const timers = [
    setInterval(() => registry.expire(), EXPIRY_CHECK_MS),
    setInterval(() => mirror.expire(), MIRROR_CHECK_MS),
  ]
  signal.addEventListener('abort', () => {
    timers.forEach(clearInterval)
    registry.stop()
  })
  const maxStreamsPerPeer = STREAMS_PER_PEER
  const handle: PeerNode['handle'] = (protocol, onStream, options) =>
    handleFrames(libp2p, protocol, { onStream, options, maxStreamsPerPeer })
  await serveBlocks({ handle }, (digest) => mirror.read(digest), MIRROR_BUDGET)
  await handleFrames(libp2p, REGISTRY_PROTOCOL, {
    onStream: (stream, connection) => registry.serve(stream, askerOver(connection)),
    options: { ...LIVENESS, budget: limits.budget },
    maxStreamsPerPeer,
  })
  return registry
}

/** The peer at the other end of a connection. */
function askerOver(connection: Connection): Asker {
  return {
    peer: connection.remotePeer.toString(),
    async dial(_, protocol, signal) {
      return openFrameStream(await connection.newStream(protocol, { signal }), connection)
    },
  }
}

class RelayRegistry implements RegistryServer {
  readonly #limits: RegistryLimits
  readonly #now: Clock
  readonly #mirror: Mirror
  readonly #book = new AnnouncementBook(0)
  readonly #witnesses: WitnessBook
  /** Watching streams, with the request that their entries answer. */
  readonly #watchers = new Map<FrameStream, number>()
  #news = new Set<SignedAnnouncement>()
  #timer: { readonly id: ReturnType<typeof setTimeout>; readonly dueAt: number } | undefined

  constructor(limits: RegistryLimits, { now, mirror }: { readonly now: Clock; readonly mirror: Mirror }) {
    this.#limits = limits
    this.#mirror = mirror
    this.#witnesses = new WitnessBook(limits.maxAnnouncements)
    this.#now = now
  }

  stats() {
    return { announcements: this.#book.size, watchers: this.#watchers.size, lists: this.#mirror.size }
  }

  expire(): void {
    this.#book.expire(this.#now())
  }

  stop(): void {
    clearTimeout(this.#timer?.id)
  }

  /** Serves one peer's stream until it ends. A peer that talks nonsense loses its stream; nobody else notices. */
  async serve(stream: FrameStream, asker: Asker): Promise<void> {
    try {
      for await (const frame of stream.frames) {
        if (frame.type === REGISTRY_FRAME.mirror) void this.#keep(stream, frame, asker)
        else this.#answer(stream, frame)
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
        `registry frame: type ${type} is none of announce, query, watch, witness, mirror`,
      )
    }
  }

  /** Answers a statement with the first one of its place, or says why it cannot be taken. */
  #witness(body: unknown): Pick<Frame, 'type' | 'body'> {
    const signed = parseStatement(body)
    const first = this.#witnesses.first(signed.statement)
    if (first !== undefined) return { type: REGISTRY_FRAME.first, body: packStatement(first) }
    try {
      this.#announced(signed)
    } catch (error) {
      return { type: REGISTRY_FRAME.refused, body: reason(error) }
    }
    this.#witnesses.keep(signed)
    return { type: REGISTRY_FRAME.first, body: packStatement(signed) }
  }

  /** Mirrors the list of a statement for the publisher of its job, and answers when that is done. */
  async #keep(stream: FrameStream, { request, body }: Frame, asker: Asker): Promise<void> {
    try {
      const signed = parseStatement(body)
      const announcement = this.#announced(signed)
      if (stream.remote !== announcement.opening.publisher)
        throw new Failure('refused', "lists are mirrored for the job's publisher only")
      await this.#mirror.take(signed.statement, announcement, asker)
      stream.send({ type: REGISTRY_FRAME.mirrored, request, body: null })
    } catch (error) {
      stream.send({ type: REGISTRY_FRAME.refused, request, body: reason(error).slice(0, 300) })
    }
  }

  /** What is announced of the job of a statement. Throws `refused` when nothing is, or the statement is not of its settler. */
  #announced(signed: SignedStatement): Announcement {
    const open = this.#book.ofJob(signed.statement.jobId)
    if (open === undefined) throw new Failure('refused', 'no such job is announced here')
    const { settler } = open.announcement.opening
    if (statementSigner(signed, open.announcement) !== settler)
      throw new Failure('refused', `statement.signature: not of the job's settler ${settler}`)
    return open.announcement
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
