import { decodeBase64 } from '../code.ts'
import { scanWasm } from './generated/wasm.ts'
import { scanWgsl } from './generated/wgsl.ts'

/** Running sums modulo 2^32 of the words of the input. A multiple of four; of the WGSL, a multiple of 64. What a unit of the sample is: its size, and about how many operations it takes. */
export const scan = {
  name: 'scan',
  words: 16_384,
  operations: 2 * 16_384,
} as const

/** The WASM module. */
export function scanCode(): Uint8Array {
  return decodeBase64(scanWasm)
}

/** The WGSL text in UTF-8. */
export function scanText(): Uint8Array {
  return new TextEncoder().encode(scanWgsl)
}
