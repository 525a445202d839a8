import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Address } from './address.ts'
import { toHex } from './bytes.ts'
import { malformed } from './failure.ts'

/** A secp256k1 private key, 32 bytes. Never logged, never sent. */
export type PrivateKey = Uint8Array & { readonly brand?: 'private key' }

/** Makes a fresh private key from the platform's randomness. */
export function makeKey(): PrivateKey {
  return secp256k1.utils.randomSecretKey()
}

/** Reads a private key. Throws `malformed` without showing it. */
export function readKey(value: unknown, path = 'private key'): PrivateKey {
  if (!(value instanceof Uint8Array) || !secp256k1.utils.isValidSecretKey(value)) {
    throw malformed(path, '32 bytes of a secp256k1 private key')
  }
  return value
}

/** The account of a private key: the last 20 bytes of the keccak-256 of its public key. */
export function accountOf(key: PrivateKey): Address {
  return accountOfPoint(secp256k1.getPublicKey(key, false))
}

/** The account of a compressed public key (33 bytes), as a PeerId carries it. Throws `malformed`. */
export function accountOfPublicKey(publicKey: Uint8Array): Address {
  try {
    return accountOfPoint(secp256k1.Point.fromBytes(publicKey).toBytes(false))
  } catch {
    throw malformed('public key', 'a compressed secp256k1 public key', publicKey)
  }
}

/** Signs a 32-byte hash. Returns 65 bytes: r, s (low), v (27 or 28), as Ethereum writes them. */
export function signHash(hash: Uint8Array, key: PrivateKey): Uint8Array<ArrayBuffer> {
  const recovered = secp256k1.sign(hash, key, { prehash: false, format: 'recovered' })
  const signature = new Uint8Array(65)
  signature.set(recovered.subarray(1), 0)
  signature[64] = 27 + (recovered[0] ?? 0)
  return signature
}

/** The account that signed a hash. Throws `malformed` for a signature that is none, or that is not in its low form. */
export function signerOf(hash: Uint8Array, signature: Uint8Array, path = 'signature'): Address {
  const v = signature[64]
  if (signature.length !== 65 || (v !== 27 && v !== 28)) throw malformed(path, '65 bytes ending in 27 or 28')
  const recovered = new Uint8Array(65)
  recovered[0] = v - 27
  recovered.set(signature.subarray(0, 64), 1)
  try {
    const parsed = secp256k1.Signature.fromBytes(recovered, 'recovered')
    if (parsed.hasHighS()) throw malformed(path, 'the low form of s')
    return accountOfPoint(parsed.recoverPublicKey(hash).toBytes(false))
  } catch {
    throw malformed(path, 'a secp256k1 signature in its low form')
  }
}

/** A keccak-256 of some library. */
export type Keccak = (bytes: Uint8Array) => Uint8Array

/** Keccak-256, the hash of Ethereum. */
export function keccak(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(keccak_256(bytes))
}

function accountOfPoint(point: Uint8Array): Address {
  return toHex(keccak(point.subarray(1)).subarray(12)) as Address
}
