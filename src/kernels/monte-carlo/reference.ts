import { bytesOf, wordsOf } from '../standard/numbers.ts'

/** The kernel in plain TypeScript: how many of the points lie in the ball. */
export function countHits(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const [first = 0, count = 0, seed = 0] = wordsOf(input)
  let hits = 0
  for (let number = first; number < first + count; number += 1) {
    const [x, y, z] = random(number, seed).map((word) => word >>> 17) as [number, number, number]
    if (x * x + y * y + z * z < 2 ** 30) hits += 1
  }
  return bytesOf(Uint32Array.of(hits))
}

/** Three random words by pcg3d of Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020. */
function random(number: number, seed: number): number[] {
  let [x, y, z] = [number, seed, 1].map((word) => (Math.imul(word, 1664525) + 1013904223) | 0) as [
    number,
    number,
    number,
  ]
  const stir = (): void => {
    x = (x + Math.imul(y, z)) | 0
    y = (y + Math.imul(z, x)) | 0
    z = (z + Math.imul(x, y)) | 0
  }
  stir()
  x ^= x >>> 16
  y ^= y >>> 16
  z ^= z >>> 16
  stir()
  return [x, y, z]
}
