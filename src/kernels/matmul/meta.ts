import { decodeBase64 } from '../code.ts'
import { matmulWasm } from './generated/wasm.ts'
import { matmulWgsl } from './generated/wgsl.ts'

/**
 * C = A B in f32. The input is u32 rows, inner, columns, 0, then A and B by rows. The module gives the bytes of three plain loops.
 * A GPU may round otherwise (it may fuse a product with its addition): each number is within `tolerance(inner)` times the sum of the
 * sizes of its products. The WGSL asks for multiples of 4.
 */
export const matmul = {
  name: 'matmul',
  /** Pages of 64 KiB that the module begins with: enough for sides of 512. */
  initialPages: 52,
  /** Entry points of the WGSL, and the rows and columns that a workgroup makes. */
  variants: { registers: 32, tiles: 64 },
  /** What `inner` products and as many additions may round, each by 2^-24, in both of the programs that are compared. */
  tolerance: (inner: number): number => 4 * inner * 2 ** -24,
  /** About how many operations a product takes. */
  cost: (rows: number, inner: number, columns: number): number => 2 * rows * inner * columns,
} as const

/** The WASM module. */
export function matmulCode(): Uint8Array {
  return decodeBase64(matmulWasm)
}

/** The WGSL text in UTF-8. */
export function matmulText(): Uint8Array {
  return new TextEncoder().encode(matmulWgsl)
}
