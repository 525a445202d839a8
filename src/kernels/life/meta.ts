import { decodeBase64 } from '../code.ts'
import { lifeWasm } from './generated/wasm.ts'
import { lifeWgsl } from './generated/wgsl.ts'

/** A tile of 64 x 64 cells of Conway's game of life on a torus, as pixels. The input is the twelve words of `World` in kernel.wgsl. What a unit of the sample is: its size, and about how many operations it takes. */
export const life = {
  name: 'life',
  tile: 64,
  side: 512,
  operations: 64 * 192 * 192 * 20,
} as const

/** The WASM module. */
export function lifeCode(): Uint8Array {
  return decodeBase64(lifeWasm)
}

/** The WGSL text in UTF-8. */
export function lifeText(): Uint8Array {
  return new TextEncoder().encode(lifeWgsl)
}
