import { decodeBase64 } from '../code.ts'
import { probeWasm } from './generated/wasm.ts'
import { probeWgsl } from './generated/wgsl.ts'

/**
 * Facts about the kernel of the admission benchmark: the sides of its matrices, the most turns, and the check word of one turn
 * for each side. A new version makes every browser measure anew.
 */
export const probe = {
  version: 1,
  sides: [128, 256, 512],
  maxSide: 512,
  maxTurns: 64,
  checks: [1_300_132_360, 1_030_210_592, 1_222_795_520],
} as const

/** The WASM module: with a third word of 1 in its input it uses SIMD. */
export function probeCode(): Uint8Array {
  return decodeBase64(probeWasm)
}

/** The WGSL text in UTF-8: entry points `register_tile`, `workgroup_tile` and `fingerprint`. */
export function probeText(): Uint8Array {
  return new TextEncoder().encode(probeWgsl)
}
