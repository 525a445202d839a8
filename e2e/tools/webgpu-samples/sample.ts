/** A compute shader of the samples: where its WGSL is, how a manifest runs it, and what is right. */
export type Sample = {
  /** The file in the folder of the samples; `textOf` finds the WGSL in it where it is not all of it. */
  readonly path: string
  textOf?(file: string): string
  /** The fields of the program in the manifest, and its outputs. Recipes call the input `data`. */
  readonly program: Readonly<Record<string, unknown>>
  readonly outputs: readonly object[]
  readonly input: Uint8Array
  /** What is wrong with the bytes of unit 7; undefined when nothing is. */
  problemOf(output: Uint8Array<ArrayBuffer>): string | undefined
}

/** Numbers from 0 up to 1, the same each time. */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Compares 32-bit floats with what is expected; `share` of them must be as near as `tolerance`. */
export function farOff(
  found: Float32Array,
  expected: Float32Array,
  { tolerance, share = 1 }: { tolerance: number; share?: number },
): string | undefined {
  if (found.length !== expected.length) return `${found.length} numbers, not ${expected.length}`
  const far = expected.filter(
    (value, place) => !(Math.abs((found[place] ?? Number.NaN) - value) <= tolerance),
  )
  return far.length <= (1 - share) * expected.length
    ? undefined
    : `${far.length} of ${expected.length} numbers are further than ${tolerance} off`
}
