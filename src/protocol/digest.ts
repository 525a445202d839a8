import { sha256 } from '@noble/hashes/sha2.js'
import type { Digest } from './bytes.ts'
import { toDigits } from './bytes.ts'
import { malformed } from './failure.ts'

/** Names bytes by their SHA-256 digest. */
export function digestOf(bytes: Uint8Array): Digest {
  return toDigits(sha256(bytes)) as Digest
}

/** Reads a digest of 64 hexadecimal digits. Throws `malformed`. */
export function readDigest(value: unknown, path: string): Digest {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value))
    throw malformed(path, 'a SHA-256 digest', value)
  return value as Digest
}

/** Reads a digest of 32 bytes. Throws `malformed`. */
export function readDigestBytes(value: unknown, path: string): Digest {
  if (!(value instanceof Uint8Array) || value.length !== 32) throw malformed(path, '32 bytes', value)
  return toDigits(value) as Digest
}
