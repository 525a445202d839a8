import { encodeAbiParameters } from 'viem/utils'
import { keccak } from '../account.ts'
import type { Address } from '../address.ts'
import { readAddress } from '../address.ts'
import type { Digest, Hex } from '../bytes.ts'
import { concat, fromHex, toDigits, toHex } from '../bytes.ts'
import { at, readBytes, readInteger, readRecord } from '../read.ts'
import type { Wei } from '../wei.ts'
import { readWei } from '../wei.ts'
import type { Domain } from './domain.ts'
import { digestOfStruct, hashOfStruct, separatorOf } from './domain.ts'

/** The rules of a job, fixed when it is opened. Times are seconds; zero `settlerCap` is no cap. */
export type Terms = {
  /** Seconds since 1970. From then on anybody may begin the close. */
  readonly expiry: number
  readonly postDelay: number
  readonly challengeDelay: number
  readonly closeDelay: number
  /** The most that can be posted in one day. */
  readonly settlerCap: Wei
  /** The part of the budget that repays posters, and what one poster gets of it. */
  readonly postReserve: Wei
  readonly postBounty: Wei
  readonly quorumBps: number
  readonly minSigners: number
  readonly forceDelay: number
  readonly forceCap: Wei
}

/** A job as it is opened. Its hash is the job's id: the escrow keeps nothing else of it, whoever acts on the job brings it. */
export type Opening = {
  readonly publisher: Address
  /** 32 bytes that this publisher has not used before. */
  readonly salt: Hex
  /** The zero address is the chain's own coin. */
  readonly token: Address
  readonly budget: Wei
  readonly bond: Wei
  /** Signs the statements of the first epochs; a contract may do so by ERC-1271. */
  readonly settler: Address
  /** The digest that the manifest's CID carries. */
  readonly manifest: Digest
  readonly terms: Terms
}

const TERMS = (
  [
    'expiry',
    'postDelay',
    'challengeDelay',
    'closeDelay',
    'settlerCap',
    'postReserve',
    'postBounty',
    'quorumBps',
    'minSigners',
    'forceDelay',
    'forceCap',
  ] as const
).map((name) => ({ name, type: 'uint256' }))

const OPENING = [
  { name: 'publisher', type: 'address' },
  { name: 'salt', type: 'bytes32' },
  { name: 'token', type: 'address' },
  { name: 'budget', type: 'uint256' },
  { name: 'bond', type: 'uint256' },
  { name: 'settler', type: 'address' },
  { name: 'manifest', type: 'bytes32' },
] as const

const ABI = [{ type: 'tuple', components: [...OPENING, { name: 'terms', type: 'tuple', components: TERMS }] }]

const OPEN_JOB = [
  ...OPENING,
  { name: 'termsHash', type: 'bytes32' },
  { name: 'contactHash', type: 'bytes32' },
  { name: 'deadline', type: 'uint256' },
] as const

/** An opening in the escrow's words. */
export function wordsOfOpening({ manifest, terms, ...same }: Opening) {
  const { expiry, postDelay, challengeDelay, closeDelay, quorumBps, minSigners, forceDelay, ...money } = terms
  return {
    ...same,
    manifest: `0x${manifest}` as Hex,
    terms: {
      ...money,
      expiry: BigInt(expiry),
      postDelay: BigInt(postDelay),
      challengeDelay: BigInt(challengeDelay),
      closeDelay: BigInt(closeDelay),
      quorumBps: BigInt(quorumBps),
      minSigners: BigInt(minSigners),
      forceDelay: BigInt(forceDelay),
    },
  }
}

/** The id of a job: the hash of the domain and of all that it is opened with. Known before it is opened: a publisher journals it first. */
export function jobIdOf(opening: Opening, domain: Domain): Hex {
  const words = fromHex(encodeAbiParameters(ABI, [wordsOfOpening(opening)]))
  return toHex(keccak(concat([separatorOf(domain), words])))
}

/** What a publisher signs so that somebody else may open its job, until `deadline` (seconds since 1970). */
export type OpenOrder = { readonly opening: Opening; readonly contact: Uint8Array; readonly deadline: number }

/** The EIP-712 digest of an order to open a job. Terms and contact are in it: whoever sends it cannot choose them. */
export function hashOpenJob({ opening, contact, deadline }: OpenOrder, domain: Domain): Uint8Array {
  const { terms, ...same } = wordsOfOpening(opening)
  const values = {
    ...same,
    termsHash: hashOfStruct('Terms', TERMS, terms),
    contactHash: toHex(keccak(contact)),
    deadline: BigInt(deadline),
  }
  return digestOfStruct('OpenJob', { fields: OPEN_JOB, values }, domain)
}

/** An opening as plain values for a frame or a journal record. */
export function packOpening({ terms, ...opening }: Opening): unknown {
  return {
    ...opening,
    salt: fromHex(opening.salt),
    budget: opening.budget.toString(),
    bond: opening.bond.toString(),
    manifest: fromHex(opening.manifest),
    terms: {
      ...terms,
      settlerCap: terms.settlerCap.toString(),
      postReserve: terms.postReserve.toString(),
      postBounty: terms.postBounty.toString(),
      forceCap: terms.forceCap.toString(),
    },
  }
}

/** Reads what `packOpening` wrote. Throws `malformed` with the field's path. */
export function parseOpening(value: unknown, path = 'opening'): Opening {
  const record = readRecord(value, path, [...OPENING.map(({ name }) => name), 'terms'])
  return {
    publisher: readAddress(record.publisher, at(path, 'publisher')),
    salt: toHex(readBytes(record.salt, at(path, 'salt'), 32)),
    token: readAddress(record.token, at(path, 'token')),
    budget: readWei(record.budget, at(path, 'budget')),
    bond: readWei(record.bond, at(path, 'bond')),
    settler: readAddress(record.settler, at(path, 'settler')),
    manifest: toDigits(readBytes(record.manifest, at(path, 'manifest'), 32)) as Digest,
    terms: parseTerms(record.terms, at(path, 'terms')),
  }
}

function parseTerms(value: unknown, path: string): Terms {
  const names = TERMS.map(({ name }) => name)
  const record = readRecord(value, path, names)
  const whole = (name: keyof Terms): number =>
    readInteger(record[name], at(path, name), [0, Number.MAX_SAFE_INTEGER])
  const wei = (name: keyof Terms): Wei => readWei(record[name], at(path, name))
  return {
    expiry: whole('expiry'),
    postDelay: whole('postDelay'),
    challengeDelay: whole('challengeDelay'),
    closeDelay: whole('closeDelay'),
    settlerCap: wei('settlerCap'),
    postReserve: wei('postReserve'),
    postBounty: wei('postBounty'),
    quorumBps: whole('quorumBps'),
    minSigners: whole('minSigners'),
    forceDelay: whole('forceDelay'),
    forceCap: wei('forceCap'),
  }
}
