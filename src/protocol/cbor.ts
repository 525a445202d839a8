import { decode, encode } from 'cborg'
import { isEqual } from './bytes.ts'
import { malformed } from './failure.ts'

/**
 * Encodes a value as canonical CBOR (RFC 8949 section 4.2.1, the dag-cbor subset: string keys in length-first order,
 * definite lengths, 64-bit floats only, no tags). `bigint` is written as an integer.
 */
export function encodeCbor(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode(value, { float64: true, typeEncoders: { undefined: refuseUndefined } }))
}

/** Decodes canonical CBOR. Throws `malformed` when the bytes are not the canonical form of what they say. */
export function decodeCbor(bytes: Uint8Array, path = 'cbor'): unknown {
  try {
    return decode(bytes, options)
  } catch (cause) {
    throw malformed(path, `canonical CBOR (${cause instanceof Error ? cause.message : String(cause)})`)
  }
}

/** Decodes CBOR that will be hashed or signed: also refuses keys out of order and any second spelling. */
export function decodeExact(bytes: Uint8Array, path = 'cbor'): unknown {
  const value = decodeCbor(bytes, path)
  if (!isSpelling(value, bytes)) throw malformed(path, 'canonical CBOR')
  return value
}

const options = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  rejectDuplicateMapKeys: true,
} as const

/** Tells whether `bytes` are how `value` is written. What can be read but not written (too deep, too large) has no spelling. */
function isSpelling(value: unknown, bytes: Uint8Array): boolean {
  try {
    return isEqual(encodeCbor(value), bytes)
  } catch {
    return false
  }
}

function refuseUndefined(): never {
  throw malformed('cbor', 'a value', 'undefined')
}
