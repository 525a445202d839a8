import { decodeBase64 } from '../code.ts'
import { sortWasm } from './generated/wasm.ts'
import { sortWgsl } from './generated/wgsl.ts'

/** Words in rising or falling order. The input is u32 1 for falling, else 0, three zeros, then the words. The WGSL, a bitonic network, wants a power of two. What a unit of the sample is: its size, and about how many operations it takes. */
export const sort = {
  name: 'sort',
  words: 16_384,
  /** Stages of the network: the logarithm of `words`. */
  stages: 14,
  operations: (14 * 15 * 16_384) / 4,
} as const

/** The WASM module. */
export function sortCode(): Uint8Array {
  return decodeBase64(sortWasm)
}

/** The WGSL text in UTF-8. */
export function sortText(): Uint8Array {
  return new TextEncoder().encode(sortWgsl)
}
