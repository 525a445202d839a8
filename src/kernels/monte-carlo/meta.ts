import { decodeBase64 } from '../code.ts'
import { monteCarloWasm } from './generated/wasm.ts'
import { monteCarloWgsl } from './generated/wgsl.ts'

/** How many of many random points of a cube lie in the ball around one corner. The input is u32 number of the first point, points (a multiple of 4), seed, 0; the output one word. What a unit of the sample is: its size, and about how many operations it takes. */
export const monteCarlo = {
  name: 'monte-carlo',
  points: 1_048_576,
  operations: 1_048_576 * 25,
} as const

/** The WASM module. */
export function monteCarloCode(): Uint8Array {
  return decodeBase64(monteCarloWasm)
}

/** The WGSL text in UTF-8. */
export function monteCarloText(): Uint8Array {
  return new TextEncoder().encode(monteCarloWgsl)
}
