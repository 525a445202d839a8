import { decodeBase64 } from '../code.ts'
import { fractalWasm } from './generated/wasm.ts'
import { fractalWgsl } from './generated/wgsl.ts'

/** Facts about the kernel that everything around it agrees on. The input is 48 words, named in kernel.wgsl. */
export const fractal = {
  name: 'fractal',
  tile: 32,
  outputBytes: 32 * 32 * 4,
  inputBytes: 48 * 4,
  memoryPages: 4,
  limits: { fuel: 5_000_000_000, loopBound: 16_384, timeMs: 30_000 },
} as const

/** The WASM module. */
export function fractalCode(): Uint8Array {
  return decodeBase64(fractalWasm)
}

/** The WGSL text in UTF-8. */
export function fractalText(): Uint8Array {
  return new TextEncoder().encode(fractalWgsl)
}
