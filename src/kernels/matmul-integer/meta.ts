import { decodeBase64 } from '../code.ts'
import { matmulIntegerWasm } from './generated/wasm.ts'
import { matmulIntegerWgsl } from './generated/wgsl.ts'

/** C = A B modulo 2^32. The input is u32 rows, inner, columns, 0, then A and B by rows. The WGSL wants multiples of 4. What a unit of the sample is: its size, and about how many operations it takes. */
export const matmulInteger = {
  name: 'matmul-integer',
  /** Entry points of the WGSL by the variant that they are, and the rows and columns that a workgroup makes. */
  variants: { register: ['registers', 32], workgroup: ['tiles', 64] },
  side: 256,
  rows: 64,
  operations: 2 * 64 * 256 * 256,
} as const

/** The WASM module. */
export function matmulIntegerCode(): Uint8Array {
  return decodeBase64(matmulIntegerWasm)
}

/** The WGSL text in UTF-8. */
export function matmulIntegerText(): Uint8Array {
  return new TextEncoder().encode(matmulIntegerWgsl)
}
