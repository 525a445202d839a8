import { decodeBase64 } from '../code.ts'
import { reduceWasm } from './generated/wasm.ts'
import { reduceWgsl } from './generated/wgsl.ts'

/** Sum modulo 2^32, exclusive or, least and greatest of the words of the input, a multiple of four: four words. What a unit of the sample is: its size, and about how many operations it takes. */
export const reduce = {
  name: 'reduce',
  words: 16_384,
  operations: 4 * 16_384,
} as const

/** The WASM module. */
export function reduceCode(): Uint8Array {
  return decodeBase64(reduceWasm)
}

/** The WGSL text in UTF-8. */
export function reduceText(): Uint8Array {
  return new TextEncoder().encode(reduceWgsl)
}
