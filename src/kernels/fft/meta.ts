import { decodeBase64 } from '../code.ts'
import { fftWasm } from './generated/wasm.ts'
import { fftWgsl } from './generated/wgsl.ts'

/** The Fourier transform modulo 65537 of 2^n words, 8 to 65536. The input is the powers 0 to half the length of the root of unity, then the words. What a unit of the sample is: its size, and about how many operations it takes. */
export const fft = {
  name: 'fft',
  words: 2048,
  /** Turns: the logarithm of `words`. */
  turns: 11,
  operations: 11 * 1024 * 12,
} as const

/** The WASM module. */
export function fftCode(): Uint8Array {
  return decodeBase64(fftWasm)
}

/** The WGSL text in UTF-8. */
export function fftText(): Uint8Array {
  return new TextEncoder().encode(fftWgsl)
}
