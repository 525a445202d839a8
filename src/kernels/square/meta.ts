import { decodeBase64 } from '../code.ts'
import { squareWasm } from './generated/wasm.ts'

/** Facts about the kernel that everything around it agrees on: sixteen u32 in, their squares out. */
export const square = { name: 'square', words: 16, outputBytes: 64, memoryPages: 4 } as const

/** The WASM module. */
export function squareCode(): Uint8Array {
  return decodeBase64(squareWasm)
}
