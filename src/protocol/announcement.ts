import type { PrivateKey } from './account.ts'
import { keccak, signerOf, signHash } from './account.ts'
import type { Address } from './address.ts'
import { readAddress } from './address.ts'
import type { Hex } from './bytes.ts'
import { fromHex, toHex } from './bytes.ts'
import { encodeCbor } from './cbor.ts'
import type { Opening } from './escrow/opening.ts'
import { jobIdOf, packOpening, parseOpening } from './escrow/opening.ts'
import { malformed } from './failure.ts'
import { at, readBoolean, readBytes, readInteger, readList, readRecord, readText } from './read.ts'
import type { Wei } from './wei.ts'
import { readWei } from './wei.ts'

/** A chain is its id and the hash of its block 0: two local chains with one id are two chains. */
export type ChainName = { readonly chainId: number; readonly genesis: Hex }

/** What a publisher says of an open job on a relay's registry, signed by the publisher's account, for a limited time. */
export type Announcement = ChainName & {
  readonly jobId: Hex
  readonly escrow: Address
  /** What the job was opened with; the job's id is its hash. */
  readonly opening: Opening
  /** Wei for each accepted replica; where instructions are paid, the most that one can earn. */
  readonly price: Wei
  /** Wei for each million instructions, where they are paid. */
  readonly rate?: Wei
  /** The publisher's PeerId and the multiaddrs it is reached at. */
  readonly peer: string
  readonly addresses: readonly string[]
  readonly name: string
  /** The job has ended: the announcement only withdraws earlier ones. */
  readonly isWithdrawn: boolean
  /** Seconds since 1970. The newest of a job wins. */
  readonly issuedAt: number
  readonly expiresAt: number
}

export type SignedAnnouncement = { readonly announcement: Announcement; readonly signature: Uint8Array }

/** The longest that an announcement may last, in seconds. */
export const MAX_TTL_SECONDS = 90

/** Signs an announcement as its publisher. */
export function signAnnouncement(announcement: Announcement, key: PrivateKey): SignedAnnouncement {
  return { announcement, signature: signHash(hash(announcement), key) }
}

/** A signed announcement as plain values for a frame. */
export function packAnnouncement({ announcement, signature }: SignedAnnouncement): unknown {
  return { ...plain(announcement), signature }
}

/**
 * Reads an announcement and checks that its job was opened as it says, and that the publisher of that job signed it. Throws
 * `malformed` with the field's path.
 */
export function parseAnnouncement(value: unknown, path = 'announcement'): SignedAnnouncement {
  const fields = [
    'chainId',
    'genesis',
    'jobId',
    'escrow',
    'opening',
    'price',
    'rate',
    'peer',
    'addresses',
    'name',
    'isWithdrawn',
    'issuedAt',
    'expiresAt',
    'signature',
  ]
  const record = readRecord(value, path, fields)
  const announcement: Announcement = {
    chainId: readInteger(record.chainId, at(path, 'chainId'), [1, 2 ** 32]),
    genesis: toHex(readBytes(record.genesis, at(path, 'genesis'), 32)),
    jobId: toHex(readBytes(record.jobId, at(path, 'jobId'), 32)),
    escrow: readAddress(record.escrow, at(path, 'escrow')),
    opening: parseOpening(record.opening, at(path, 'opening')),
    price: readWei(record.price, at(path, 'price')),
    ...(record.rate === undefined ? {} : { rate: readWei(record.rate, at(path, 'rate')) }),
    peer: readText(record.peer, at(path, 'peer'), 80),
    addresses: readList(record.addresses, at(path, 'addresses'), {
      max: 8,
      read: (entry, place) => readText(entry, place, 300),
    }),
    name: readText(record.name, at(path, 'name'), 60),
    isWithdrawn: readBoolean(record.isWithdrawn, at(path, 'isWithdrawn')),
    issuedAt: readInteger(record.issuedAt, at(path, 'issuedAt'), [0, 2 ** 40]),
    expiresAt: readInteger(record.expiresAt, at(path, 'expiresAt'), [0, 2 ** 40]),
  }
  const signature = readBytes(record.signature, at(path, 'signature'), 65)
  const ttl = announcement.expiresAt - announcement.issuedAt
  if (ttl < 1 || ttl > MAX_TTL_SECONDS)
    throw malformed(at(path, 'expiresAt'), `1 to ${MAX_TTL_SECONDS} seconds after issuedAt`, ttl)
  if (signerOf(hash(announcement), signature, at(path, 'signature')) !== announcement.opening.publisher)
    throw malformed(at(path, 'signature'), 'a signature of the publisher that it names')
  const jobId = jobIdOf(announcement.opening, announcement)
  if (jobId !== announcement.jobId)
    throw malformed(at(path, 'opening'), `the opening of job ${announcement.jobId}; this one is of ${jobId}`)
  return { announcement, signature }
}

function plain(announcement: Announcement): Record<string, unknown> {
  return {
    ...announcement,
    genesis: fromHex(announcement.genesis),
    jobId: fromHex(announcement.jobId),
    opening: packOpening(announcement.opening),
    price: announcement.price.toString(),
    ...(announcement.rate === undefined ? {} : { rate: announcement.rate.toString() }),
  }
}

/** Keccak-256 of a fixed prefix and the canonical bytes, so that no other signed thing can be read as an announcement. */
function hash(announcement: Announcement): Uint8Array {
  const prefix = new TextEncoder().encode('weft announcement 1\n')
  const body = encodeCbor(plain(announcement))
  const bytes = new Uint8Array(prefix.length + body.length)
  bytes.set(prefix)
  bytes.set(body, prefix.length)
  return keccak(bytes)
}
