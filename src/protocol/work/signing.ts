import type { PrivateKey } from '../account.ts'
import { keccak, signerOf, signHash } from '../account.ts'
import type { Address } from '../address.ts'
import { concat } from '../bytes.ts'
import { encodeCbor } from '../cbor.ts'

/**
 * What peers sign besides statements: keccak-256 of a line that names the kind, and the canonical bytes. The line keeps
 * one kind from being read as another.
 */
export type Kind = 'hello' | 'result'

/** Signs plain values of a kind. */
export function signPlain(kind: Kind, plain: unknown, key: PrivateKey): Uint8Array {
  return signHash(hash(kind, plain), key)
}

/** The account that signed plain values of a kind. Throws `malformed` with `path`, where the signature was read. */
export function plainSigner(
  kind: Kind,
  plain: unknown,
  { signature, path }: { readonly signature: Uint8Array; readonly path: string },
): Address {
  return signerOf(hash(kind, plain), signature, path)
}

function hash(kind: Kind, plain: unknown): Uint8Array {
  return keccak(concat([new TextEncoder().encode(`weft ${kind} 1\n`), encodeCbor(plain)]))
}
