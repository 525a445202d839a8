import { bytesOf, words } from './numbers.ts'

/** How many units the samples have that work through a long row of words. */
const UNITS = 16

/** A long row of words without a pattern, and what a manifest says to give each unit a slice of `count` of them. */
export type Slices = {
  readonly inputs: { readonly words: Uint8Array }
  readonly units: unknown
  /** The piece of a recipe, and the bytes of a slice. */
  readonly piece: unknown
  readonly bytes: number
}

/** Cuts a row of words that `seed` tells from others into slices of `count` words. */
export function slicesOf(count: number, seed: number): Slices {
  const bytes = 4 * count
  return {
    inputs: { words: bytesOf(words(UNITS * count, seed)) },
    units: { kind: 'range', name: 'i', to: UNITS },
    piece: { input: 'words', from: `$i*${bytes}`, bytes },
    bytes,
  }
}
