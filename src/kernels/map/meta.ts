import { decodeBase64 } from '../code.ts'
import { mapWasm } from './generated/wasm.ts'
import { mapWgsl } from './generated/wgsl.ts'

/** ((a x + b) x + c) x + d of every word modulo 2^32. The input is a, b, c, d, then words, a multiple of four; the output their values. What a unit of the sample is: its size, and about how many operations it takes. */
export const map = {
  name: 'map',
  words: 16_384,
  operations: 6 * 16_384,
} as const

/** The WASM module. */
export function mapCode(): Uint8Array {
  return decodeBase64(mapWasm)
}

/** The WGSL text in UTF-8. */
export function mapText(): Uint8Array {
  return new TextEncoder().encode(mapWgsl)
}
