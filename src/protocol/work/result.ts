import type { PrivateKey } from '../account.ts'
import type { Address } from '../address.ts'
import { readAddress } from '../address.ts'
import type { Digest, Hex } from '../bytes.ts'
import { fromHex, toDigits, toHex } from '../bytes.ts'
import { malformed } from '../failure.ts'
import { at, readBytes, readInteger, readList, readRecord } from '../read.ts'
import { plainSigner, signPlain } from './signing.ts'

/** What one result frame says, without the outputs: these units gave outputs with these digests. Signed by the peer that ran them. */
export type Results = {
  readonly jobId: Hex
  readonly payee: Address
  readonly units: readonly number[]
  readonly digests: readonly Digest[]
}
/** Results with the signature, which can be shown to others as evidence, and the account that it recovers to. */
export type SignedResults = Results & { readonly signature: Uint8Array; readonly account: Address }

/** The most units that one frame carries. */
export const MAX_FRAME_UNITS = 1024

/** Signs results. */
export function signResults(results: Results, key: PrivateKey): Uint8Array {
  return signPlain('result', plain(results), key)
}

/** Signed results as plain values. */
export function packResults(results: SignedResults): unknown {
  return { ...plain(results), signature: results.signature }
}

/** Reads signed results and recovers who signed. Throws `malformed`. */
export function parseResults(value: unknown, path = 'results'): SignedResults {
  const record = readRecord(value, path, ['jobId', 'payee', 'units', 'digests', 'signature'])
  const units = readUnits(record.units, at(path, 'units'))
  const results: Results = {
    jobId: toHex(readBytes(record.jobId, at(path, 'jobId'), 32)),
    payee: readAddress(record.payee, at(path, 'payee')),
    units,
    digests: readDigests(record.digests, at(path, 'digests'), units.length),
  }
  const place = at(path, 'signature')
  const signature = readBytes(record.signature, place, 65)
  return { ...results, signature, account: plainSigner('result', plain(results), { signature, path: place }) }
}

/** Reads a list of unit numbers, each named once. Throws `malformed`. */
export function readUnits(value: unknown, path: string, max = MAX_FRAME_UNITS): number[] {
  const read = (entry: unknown, place: string): number => readInteger(entry, place, [0, 2 ** 31])
  const units = readList(value, path, { max, read })
  if (new Set(units).size < units.length) throw malformed(path, 'each unit once')
  return units
}

/** Writes digests as one byte string, 32 bytes each. */
export function packDigests(digests: readonly Digest[]): Uint8Array {
  return fromHex(digests.join(''))
}

/** Reads `count` digests from one byte string. Throws `malformed`. */
export function readDigests(value: unknown, path: string, count: number): Digest[] {
  const bytes = readBytes(value, path, count * 32)
  if (bytes.length % 32 !== 0) throw malformed(path, 'digests of 32 bytes', bytes)
  return Array.from({ length: count }, (_, i) => toDigits(bytes.subarray(32 * i, 32 * i + 32)) as Digest)
}

function plain({ jobId, payee, units, digests }: Results): Record<string, unknown> {
  return { jobId: fromHex(jobId), payee, units: [...units], digests: packDigests(digests) }
}
