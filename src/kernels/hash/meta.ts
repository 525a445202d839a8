import { decodeBase64 } from '../code.ts'
import { hashWasm } from './generated/wasm.ts'
import { hashWgsl } from './generated/wgsl.ts'

/** SHA-256 of many messages. The input is u32 words of a message (a multiple of 16), messages (a multiple of 4), 0, 0, then the messages. What a unit of the sample is: its size, and about how many operations it takes. */
export const hash = {
  name: 'hash',
  messages: 64,
  messageBytes: 1024,
  operations: 64 * 17 * 64 * 30,
} as const

/** The WASM module. */
export function hashCode(): Uint8Array {
  return decodeBase64(hashWasm)
}

/** The WGSL text in UTF-8. */
export function hashText(): Uint8Array {
  return new TextEncoder().encode(hashWgsl)
}
