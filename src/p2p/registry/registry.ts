import type { Announcement, SignedAnnouncement } from '../../protocol/announcement.ts'
import { parseAnnouncement } from '../../protocol/announcement.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { parseStatement } from '../../protocol/statement/statement.ts'
import type { PeerNode, RelayStatus } from '../peer-node.ts'
import { sleep } from '../sleep.ts'
import { AnnouncementBook, CLOCK_SKEW_SECONDS, jobKey } from './announcement-book.ts'
import { MirrorLists } from './mirror-lists.ts'
import { REGISTRY_PROTOCOL } from './registry-message.ts'
import { RegistrySession } from './registry-session.ts'

/** A job came, its offer changed, or it has ended: withdrawn, or not announced again in time. */
export type RegistryChange = {
  readonly kind: 'added' | 'updated' | 'removed'
  readonly announcement: Announcement
}

/** The open jobs as all relays of the node together tell them. What they tell is verified here; a relay can be silent or lie. */
export type Registry = {
  /**
   * Tells the relays of a job; say it again, newly signed, every 30 s, and once with `isWithdrawn` at its end. Relays
   * that come back within its time are told too. Resolves when one relay has taken it; throws `refused`, `unreachable`.
   */
  announce(signed: SignedAnnouncement): Promise<void>
  /**
   * Shows a statement to all connected relays, and gives those they were shown first in its place, itself among them. A relay that
   * does not know the job is left out.
   */
  witness(signed: SignedStatement): Promise<SignedStatement[]>
  /**
   * Has the relays keep the list of a statement for others. They fetch it from this peer as a blob; those that come back before
   * `until` (seconds since 1970) are asked too.
   */
  mirror(signed: SignedStatement, until: number): void
  /** Asks all connected relays for the open jobs. Throws `unreachable` when none answers. */
  query(): Promise<Announcement[]>
  /** Tells the listener of every open job now and of every change until the signal aborts. */
  subscribe(listener: (change: RegistryChange) => void, signal: AbortSignal): void
}

export type RegistryOptions = {
  /** Is told of relays that fail or tell what is not valid. */
  onTrouble?(failure: Failure): void
  /** Seconds since 1970. */
  now?(): number
  /** How long to wait for a relay before saying that there is none: 15 s. */
  readonly connectMs?: number
}

const REOPEN_MS = 1_000
const REOPEN_MAX_MS = 30_000
const EXPIRY_CHECK_MS = 1_000
const MAX_ENTRIES = 50_000

/** Opens the registry of the node's relays, until the signal aborts. */
export function openRegistry(node: PeerNode, signal: AbortSignal, options: RegistryOptions = {}): Registry {
  return new RelayedRegistry(node, signal, options)
}

class RelayedRegistry implements Registry {
  readonly #node: PeerNode
  readonly #signal: AbortSignal
  readonly #book = new AnnouncementBook(CLOCK_SKEW_SECONDS)
  readonly #own = new Map<string, SignedAnnouncement>()
  readonly #sessions = new Map<string, RegistrySession>()
  readonly #listeners = new Set<(change: RegistryChange) => void>()
  readonly #openers = new Set<() => void>()
  readonly #mirrors: MirrorLists
  readonly #onTrouble: (failure: Failure) => void
  readonly #now: () => number
  readonly #connectMs: number
  #isWatching = false

  constructor(node: PeerNode, signal: AbortSignal, options: RegistryOptions) {
    this.#node = node
    this.#signal = signal
    this.#onTrouble = options.onTrouble ?? (() => undefined)
    this.#now = options.now ?? (() => Date.now() / 1000)
    this.#mirrors = new MirrorLists(this.#now, this.#onTrouble)
    this.#connectMs = options.connectMs ?? 15_000
    for (const relay of node.relays()) void this.#keep(relay)
    const timer = setInterval(() => this.#expire(), EXPIRY_CHECK_MS)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  }

  async announce(signed: SignedAnnouncement): Promise<void> {
    this.#own.set(jobKey(signed.announcement), signed)
    if (this.#sessions.size === 0) await this.#opened()
    const told = [...this.#sessions.values()].map((session) => session.announce(signed))
    await this.#first(told)
  }

  async witness(signed: SignedStatement): Promise<SignedStatement[]> {
    const answers = [...this.#sessions].map(async ([peer, session]) => {
      try {
        return [parseStatement(await session.witness(signed), 'first statement')]
      } catch (error) {
        if (!(error instanceof Failure && error.code === 'refused'))
          this.#tell(`relay ${peer}: ${reason(error)}`, error)
        return []
      }
    })
    return (await Promise.all(answers)).flat()
  }

  mirror(signed: SignedStatement, until: number): void {
    this.#mirrors.add(signed, until)
  }

  async query(): Promise<Announcement[]> {
    if (this.#sessions.size === 0) await this.#opened()
    const told = new Set<string>()
    const answers = [...this.#sessions].map(([peer, session]) =>
      session.query((entry) => told.add(this.#take(entry, peer) ?? '')),
    )
    await this.#first(answers)
    await Promise.allSettled(answers)
    const open = this.#book.open().map(({ announcement }) => announcement)
    return open.filter((announcement) => told.has(jobKey(announcement)))
  }

  subscribe(listener: (change: RegistryChange) => void, signal: AbortSignal): void {
    if (signal.aborted) return
    for (const { announcement } of this.#book.open()) listener({ kind: 'added', announcement })
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true })
    if (this.#isWatching) return
    this.#isWatching = true
    for (const [peer, session] of this.#sessions) this.#watch(peer, session)
  }

  /** Keeps a session with one relay for as long as the node is connected to it. */
  async #keep({ peer, address }: RelayStatus): Promise<void> {
    for (let tries = 0; !this.#signal.aborted; tries += 1) {
      await this.#connected(peer)
      if (this.#signal.aborted) return
      try {
        const stream = await this.#node.dial({ peer, addresses: [address] }, REGISTRY_PROTOCOL, this.#signal)
        const session = new RegistrySession(stream)
        const ended = new AbortController()
        void stream.closed.then(() => ended.abort())
        this.#begin(peer, session)
        tries = 0
        void this.#mirrors.run(session, peer, AbortSignal.any([ended.signal, this.#signal]))
        await session.run()
      } catch (error) {
        if (!this.#signal.aborted) this.#tell(`relay ${peer}: ${reason(error)}`, error)
      }
      this.#sessions.delete(peer)
      const waitMs = Math.min(REOPEN_MAX_MS, REOPEN_MS * 2 ** Math.min(tries, 10))
      await sleep(waitMs * (1 + Math.random()), this.#signal)
    }
  }

  #begin(peer: string, session: RegistrySession): void {
    this.#sessions.set(peer, session)
    if (this.#isWatching) this.#watch(peer, session)
    for (const [key, signed] of this.#own) {
      if (signed.announcement.expiresAt <= this.#now()) this.#own.delete(key)
      else
        session
          .announce(signed)
          .catch((error: unknown) => this.#tell(`relay ${peer}: ${reason(error)}`, error))
    }
    for (const open of this.#openers) open()
  }

  #watch(peer: string, session: RegistrySession): void {
    const watching = session.watch((entry) => void this.#take(entry, peer))
    watching.catch((error: unknown) => this.#tell(`relay ${peer}: ${reason(error)}`, error))
  }

  /** Takes in what a relay tells, and gives the key of its job. What is not valid is told as trouble. */
  #take(entry: unknown, relay: string): string | undefined {
    const signed = this.#read(entry, relay)
    if (signed === undefined) return undefined
    const outcome = this.#book.put(signed)
    if (outcome === 'added' || outcome === 'updated' || outcome === 'removed')
      this.#emit(outcome, signed.announcement)
    return jobKey(signed.announcement)
  }

  #read(entry: unknown, relay: string): SignedAnnouncement | undefined {
    try {
      const signed = parseAnnouncement(entry)
      const { jobId, issuedAt, expiresAt } = signed.announcement
      const now = this.#now()
      if (issuedAt > now + CLOCK_SKEW_SECONDS || expiresAt + CLOCK_SKEW_SECONDS <= now)
        throw new Failure('refused', `announcement of job ${jobId}: not valid now; compare the clocks`)
      if (this.#book.size >= MAX_ENTRIES && !this.#book.has(signed.announcement))
        throw new Failure('oversized', `more than ${MAX_ENTRIES} announcements`)
      return signed
    } catch (error) {
      this.#tell(`relay ${relay} told what is not valid: ${reason(error)}`, error)
      return undefined
    }
  }

  #expire(): void {
    for (const announcement of this.#book.expire(this.#now())) this.#emit('removed', announcement)
  }

  #emit(kind: RegistryChange['kind'], announcement: Announcement): void {
    for (const listener of this.#listeners) listener({ kind, announcement })
  }

  #tell(text: string, cause: unknown): void {
    this.#onTrouble(new Failure(cause instanceof Failure ? cause.code : 'unreachable', text, { cause }))
  }

  /** Resolves when the first of `answers` does; the others' trouble is told. Throws what a relay refused, else that none answered. */
  async #first(answers: readonly Promise<void>[]): Promise<void> {
    try {
      await Promise.any(answers)
    } catch (error) {
      const causes: unknown[] = error instanceof AggregateError ? error.errors : []
      const refusal = causes.find((cause) => cause instanceof Failure && cause.code === 'refused')
      throw refusal ?? new Failure('unreachable', `no relay answered: ${causes.map(reason).join('; ')}`)
    }
    for (const answer of answers) answer.catch((error: unknown) => this.#tell(reason(error), error))
  }

  /** Waits until the supervisor is connected to a relay. */
  #connected(peer: string): Promise<void> {
    const isConnected = () =>
      this.#node.relays().some((one) => one.peer === peer && one.state === 'connected')
    return new Promise((resolve) => {
      const done = new AbortController()
      const look = () => {
        if (!isConnected() && !this.#signal.aborted) return
        done.abort()
        resolve()
      }
      this.#node.onRelays(look, done.signal)
      this.#signal.addEventListener('abort', look, { once: true, signal: done.signal })
      look()
    })
  }

  /** Waits for the first session. Throws `unreachable` with what the relays say. */
  async #opened(): Promise<void> {
    const wait = new AbortController()
    const open = () => wait.abort()
    this.#openers.add(open)
    await sleep(this.#connectMs, AbortSignal.any([wait.signal, this.#signal]))
    this.#openers.delete(open)
    if (this.#sessions.size > 0) return
    const states = this.#node
      .relays()
      .map(({ address, state, reason: why }) => `${address} ${state} (${why})`)
    const list = states.length === 0 ? 'none is configured' : states.join(', ')
    throw new Failure('unreachable', `no relay's registry could be reached: ${list}`)
  }
}
