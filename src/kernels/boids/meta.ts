import { decodeBase64 } from '../code.ts'
import { boidsWasm } from './generated/wasm.ts'
import { boidsWgsl } from './generated/wgsl.ts'

/** A flock of boids and its trails, as 64 x 64 pixels. The input is the twelve words of `Flock` in kernel.wgsl. What a unit of the sample is: its size, and about how many operations it takes. */
export const boids = {
  name: 'boids',
  tile: 64,
  side: 512,
  operations: 160 * 192 * 192 * 25,
} as const

/** The WASM module. */
export function boidsCode(): Uint8Array {
  return decodeBase64(boidsWasm)
}

/** The WGSL text in UTF-8. */
export function boidsText(): Uint8Array {
  return new TextEncoder().encode(boidsWgsl)
}
