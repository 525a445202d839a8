import { CID } from 'multiformats/cid'
import * as Multihash from 'multiformats/hashes/digest'
import type { Digest } from './bytes.ts'
import { fromHex, toDigits } from './bytes.ts'
import { digestOf } from './digest.ts'
import { malformed } from './failure.ts'

declare const cid: unique symbol
/** A CIDv1 with SHA-256, in base32: the name of a manifest (dag-cbor) or of plain bytes (raw). */
export type Cid = string & { readonly [cid]: true }

const SHA2_256 = 0x12
const codes = { raw: 0x55, 'dag-cbor': 0x71 } as const
export type Codec = keyof typeof codes

/** Names bytes by their CID. */
export function cidOf(bytes: Uint8Array, codec: Codec = 'raw'): Cid {
  return cidOfDigest(digestOf(bytes), codec)
}

/** Makes the CID of bytes whose digest is known. */
export function cidOfDigest(digest: Digest, codec: Codec = 'raw'): Cid {
  return CID.createV1(codes[codec], Multihash.create(SHA2_256, fromHex(digest))).toString() as Cid
}

/** Reads a CID of the given codec. Throws `malformed`. */
export function readCid(value: unknown, path: string, codec: Codec = 'raw'): Cid {
  if (typeof value !== 'string' || value.length > 100) throw malformed(path, 'a CID', value)
  const parsed = parse(value, path)
  const { code, size } = parsed.multihash
  if (parsed.version !== 1 || parsed.code !== codes[codec] || code !== SHA2_256 || size !== 32) {
    throw malformed(path, `a CIDv1 of ${codec} with sha2-256`, value)
  }
  return parsed.toString() as Cid
}

/** The SHA-256 digest that a CID carries. */
export function digestOfCid(name: Cid): Digest {
  return toDigits(CID.parse(name).multihash.digest) as Digest
}

function parse(text: string, path: string): CID {
  try {
    return CID.parse(text)
  } catch {
    throw malformed(path, 'a CID', text)
  }
}
