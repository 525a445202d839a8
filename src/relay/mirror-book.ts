import type { Address } from '../protocol/address.ts'
import type { Digest } from '../protocol/bytes.ts'

/** A list that is kept for a publisher until `until` (seconds since 1970). */
export type MirroredList = {
  readonly publisher: Address
  readonly digest: Digest
  readonly bytes: Uint8Array
  readonly until: number
}

export type MirrorLimits = {
  /** What all lists together may take, and those of one publisher. */
  readonly maxMirrorBytes: number
  readonly maxMirrorBytesPerPublisher: number
}

/** What an entry takes beside its bytes: small lists are bounded in number too. */
const ENTRY_BYTES = 1_024

/** The lists that a relay keeps. Where there is no room, the publisher with the most loses what was asked for longest ago. */
export class MirrorBook {
  readonly #limits: MirrorLimits
  readonly #lists = new Map<Digest, MirroredList>()
  /** Digests by publisher; last in a set is what was asked for last. */
  readonly #digests = new Map<Address, Set<Digest>>()
  readonly #bytesOf = new Map<Address, number>()
  #bytes = 0

  constructor(limits: MirrorLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#lists.size
  }

  /** The bytes of the longest list that it takes. */
  get maxBytes(): number {
    const { maxMirrorBytes, maxMirrorBytesPerPublisher } = this.#limits
    return Math.min(maxMirrorBytes, maxMirrorBytesPerPublisher) - ENTRY_BYTES
  }

  get(digest: Digest): MirroredList | undefined {
    const list = this.#lists.get(digest)
    if (list !== undefined) {
      const digests = this.#digests.get(list.publisher)
      digests?.delete(digest)
      digests?.add(digest)
    }
    return list
  }

  /** Keeps a list of at most `maxBytes`, longer than before where it is known, and lets go of others where there is no room. */
  put(list: MirroredList): void {
    const known = this.#lists.get(list.digest)
    if (known !== undefined) {
      this.#lists.set(list.digest, { ...known, until: Math.max(known.until, list.until) })
      return
    }
    this.#lists.set(list.digest, list)
    const digests = this.#digests.get(list.publisher) ?? new Set()
    this.#digests.set(list.publisher, digests.add(list.digest))
    this.#count(list, 1)
    const { maxMirrorBytes, maxMirrorBytesPerPublisher } = this.#limits
    while ((this.#bytesOf.get(list.publisher) ?? 0) > maxMirrorBytesPerPublisher)
      this.#dropOldest(list.publisher)
    while (this.#bytes > maxMirrorBytes) this.#dropOldest(this.#largest(list.publisher))
  }

  /** Forgets what need not be kept any longer at `now` (seconds since 1970). */
  expire(now: number): void {
    for (const list of this.#lists.values()) if (list.until <= now) this.#drop(list)
  }

  #largest(publisher: Address): Address {
    let most = publisher
    for (const [other, bytes] of this.#bytesOf) if (bytes > (this.#bytesOf.get(most) ?? 0)) most = other
    return most
  }

  #dropOldest(publisher: Address): void {
    const [oldest] = this.#digests.get(publisher) ?? []
    const list = oldest === undefined ? undefined : this.#lists.get(oldest)
    if (list !== undefined) this.#drop(list)
  }

  #drop(list: MirroredList): void {
    const { publisher, digest } = list
    this.#lists.delete(digest)
    this.#count(list, -1)
    const digests = this.#digests.get(publisher)
    digests?.delete(digest)
    if (digests?.size !== 0) return
    this.#digests.delete(publisher)
    this.#bytesOf.delete(publisher)
  }

  #count({ publisher, bytes }: MirroredList, sign: 1 | -1): void {
    const change = sign * (bytes.length + ENTRY_BYTES)
    this.#bytes += change
    this.#bytesOf.set(publisher, (this.#bytesOf.get(publisher) ?? 0) + change)
  }
}
