import { bytesOf, wordsOf } from '../standard/numbers.ts'

/** The kernel in plain TypeScript: each word becomes the sum of itself and all before it, modulo 2^32. */
export function scanWords(input: Uint8Array): Uint8Array<ArrayBuffer> {
  let total = 0
  return bytesOf(
    wordsOf(input).map((word) => {
      total = (total + word) % 2 ** 32
      return total
    }),
  )
}
