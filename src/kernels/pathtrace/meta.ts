import { decodeBase64 } from '../code.ts'
import { pathtraceWasm } from './generated/wasm.ts'

/** Facts about the kernel that everything around it agrees on. The input is 4-byte words: 8 u32 of the unit, 8 f32 parameters, 48 f32 of the scene, then the mesh. */
export const pathtrace = {
  name: 'pathtrace',
  tile: 32,
  outputBytes: 32 * 32 * 12,
  /** What light of 1.0 is written as, per sample. */
  one: 65_536,
  memoryPages: 64,
  limits: { fuel: 5_000_000_000, timeMs: 30_000 },
} as const

/** The WASM module. */
export function pathtraceCode(): Uint8Array {
  return decodeBase64(pathtraceWasm)
}
