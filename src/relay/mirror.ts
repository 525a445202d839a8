import { blockSource } from '../p2p/blocks/block-source.ts'
import { fetchUpTo, NO_CACHE } from '../p2p/blocks/fetch-blob.ts'
import type { PeerNode } from '../p2p/peer-node.ts'
import { keptSeconds } from '../p2p/registry/registry-message.ts'
import { sleep } from '../p2p/sleep.ts'
import type { Announcement } from '../protocol/announcement.ts'
import type { Digest } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import { listDigest, readLeafList } from '../protocol/statement/leaf-list.ts'
import type { Statement } from '../protocol/statement/statement.ts'
import type { MirrorLimits } from './mirror-book.ts'
import { MirrorBook } from './mirror-book.ts'

/** The peer that asks for a list to be kept, and how to open a stream to it. */
export type Asker = Pick<PeerNode, 'dial'> & { readonly peer: string }

/** So many lists are fetched at a time, one a publisher, each in at most so long. */
const MAX_FETCHES = 16
const FETCH_MS = 30_000
/** Hashing the leaves of one list after the other leaves half of the time to everything else. */
const PAUSE_MS = 4
/** What a relay keeps in memory is not promised for longer, whatever a job's terms say. */
const MAX_KEPT_SECONDS = 30 * 24 * 3_600

/** The lists of posted statements that a relay keeps for whoever cannot reach the publisher. Lost when it stops. */
export class Mirror {
  readonly #book: MirrorBook
  readonly #now: () => number
  readonly #busy = new Set<string>()
  #reading: Promise<unknown> = Promise.resolve()

  /** `now` tells the seconds since 1970. */
  constructor(limits: MirrorLimits, now: () => number) {
    this.#book = new MirrorBook(limits)
    this.#now = now
  }

  get size(): number {
    return this.#book.size
  }

  expire(): void {
    this.#book.expire(this.#now())
  }

  /** The bytes of a list that is kept here. */
  async read(digest: Digest): Promise<Uint8Array | undefined> {
    return this.#book.get(digest)?.bytes
  }

  /**
   * Fetches the list of a statement from the peer that asks and keeps it for as long as it may settle something. Throws what
   * fetching and reading it throws, and `refused` when there is too much to do.
   */
  async take(statement: Statement, { opening }: Announcement, asker: Asker): Promise<void> {
    const { publisher, terms } = opening
    const digest = listDigest(statement)
    const until = this.#now() + Math.min(keptSeconds(terms), MAX_KEPT_SECONDS)
    const known = this.#book.get(digest)
    if (known !== undefined) return this.#book.put({ ...known, until })
    if (this.#busy.has(publisher))
      throw new Failure('refused', 'another list of this publisher is fetched now')
    if (this.#busy.size >= MAX_FETCHES) throw new Failure('refused', `${MAX_FETCHES} lists are fetched now`)
    this.#busy.add(publisher)
    try {
      const bytes = await this.#fetch(digest, asker)
      await this.#inTurn(() => readLeafList(bytes, statement, () => sleep(PAUSE_MS)))
      this.#book.put({ publisher, digest, bytes, until })
    } finally {
      this.#busy.delete(publisher)
    }
  }

  async #fetch(digest: Digest, asker: Asker): Promise<Uint8Array> {
    const done = new AbortController()
    const signal = AbortSignal.any([done.signal, AbortSignal.timeout(FETCH_MS)])
    const source = blockSource(asker, { peer: asker.peer, addresses: [] }, signal)
    try {
      const wanted = { digest, maxBytes: this.#book.maxBytes }
      return await fetchUpTo(source, wanted, { cache: NO_CACHE, signal })
    } finally {
      done.abort()
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#reading.then(work)
    this.#reading = turn.catch(() => undefined) // the one that waits for it is told
    return turn
  }
}
