import { malformed } from './failure.ts'

/** Bytes as `0x` and lower-case hexadecimal digits. */
export type Hex = `0x${string}`

declare const digest: unique symbol
/** A SHA-256 digest as 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly [digest]: true }

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Writes bytes as hexadecimal digits without a prefix. */
export function toDigits(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += digits[byte]
  return text
}

/** Writes bytes as `0x…`. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${toDigits(bytes)}`
}

/** Reads hexadecimal digits, with or without `0x`. Throws `malformed`. */
export function fromHex(text: string, path = 'hex'): Uint8Array<ArrayBuffer> {
  const body = text.startsWith('0x') ? text.slice(2) : text
  if (body.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(body)) throw malformed(path, 'hexadecimal digits', text)
  return putHex(new Uint8Array(body.length / 2), 0, `0x${body}`)
}

/** Writes digits that are known to be hexadecimal into `bytes`, without looking at them again. */
export function putHex<T extends Uint8Array>(bytes: T, offset: number, text: Hex): T {
  for (let i = 2; i < text.length; i += 2)
    bytes[offset + i / 2 - 1] = (digitAt(text, i) << 4) | digitAt(text, i + 1)
  return bytes
}

/** The value of one hexadecimal digit. */
function digitAt(text: string, place: number): number {
  const code = text.charCodeAt(place)
  return (code & 15) + (code > 57 ? 9 : 0)
}

/** Tells whether two byte strings are equal. */
export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

/** Joins byte strings. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
