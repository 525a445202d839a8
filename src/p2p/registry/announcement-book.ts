import type { Address } from '../../protocol/address.ts'
import type { Announcement, SignedAnnouncement } from '../../protocol/announcement.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { isEqual } from '../../protocol/bytes.ts'

/** How far two clocks may be apart, in seconds. */
export const CLOCK_SKEW_SECONDS = 30

/** What an announcement did to the book; `known` is one that is in it already, `stale` one that a newer replaced. */
export type BookOutcome = 'added' | 'updated' | 'refreshed' | 'removed' | 'known' | 'stale'

/** The announcements that are valid now: the newest of each publisher's job, with withdrawals until they expire. */
export class AnnouncementBook {
  readonly #entries = new Map<string, SignedAnnouncement>()
  readonly #byJob = new Map<Hex, SignedAnnouncement>()
  readonly #countByPublisher = new Map<Address, number>()
  readonly #graceSeconds: number

  /** An announcement stays for `graceSeconds` after it has expired: what another's clock may be behind. */
  constructor(graceSeconds: number) {
    this.#graceSeconds = graceSeconds
  }

  get size(): number {
    return this.#entries.size
  }

  countOf(publisher: Address): number {
    return this.#countByPublisher.get(publisher) ?? 0
  }

  has(announcement: Announcement): boolean {
    return this.#entries.has(jobKey(announcement))
  }

  /** An announcement of a job. A job's id is the hash of its opening, so all its announcements agree on that. */
  ofJob(jobId: Hex): SignedAnnouncement | undefined {
    return this.#byJob.get(jobId)
  }

  /** Takes in an announcement whose signature has been checked. */
  put(signed: SignedAnnouncement): BookOutcome {
    const { announcement, signature } = signed
    const key = jobKey(announcement)
    const known = this.#entries.get(key)
    if (known !== undefined && isEqual(known.signature, signature)) return 'known'
    if (known !== undefined && known.announcement.issuedAt >= announcement.issuedAt) return 'stale'
    this.#entries.set(key, signed)
    this.#byJob.set(announcement.jobId, signed)
    if (known === undefined) this.#count(announcement.opening.publisher, 1)
    const wasOpen = known !== undefined && !known.announcement.isWithdrawn
    if (announcement.isWithdrawn) return wasOpen ? 'removed' : 'refreshed'
    if (!wasOpen) return 'added'
    return isSameOffer(known.announcement, announcement) ? 'refreshed' : 'updated'
  }

  /** Forgets what has expired at `now` (seconds since 1970), and gives the open jobs among that. */
  expire(now: number): Announcement[] {
    const expired: Announcement[] = []
    for (const [key, { announcement }] of this.#entries) {
      if (announcement.expiresAt + this.#graceSeconds > now) continue
      this.#entries.delete(key)
      this.#byJob.delete(announcement.jobId)
      this.#count(announcement.opening.publisher, -1)
      if (!announcement.isWithdrawn) expired.push(announcement)
    }
    return expired
  }

  /** The open jobs. */
  open(): SignedAnnouncement[] {
    return [...this.#entries.values()].filter(({ announcement }) => !announcement.isWithdrawn)
  }

  #count(publisher: Address, change: number): void {
    const count = this.countOf(publisher) + change
    if (count === 0) this.#countByPublisher.delete(publisher)
    else this.#countByPublisher.set(publisher, count)
  }
}

/** Names a job. Its id says whose it is: nobody can displace another's announcement. */
export function jobKey({ chainId, genesis, escrow, jobId }: Announcement): string {
  return [chainId, genesis, escrow, jobId].join('/')
}

function isSameOffer(a: Announcement, b: Announcement): boolean {
  const offer = ({ price, peer, addresses, name }: Announcement) =>
    JSON.stringify([price.toString(), peer, addresses, name])
  return offer(a) === offer(b)
}
