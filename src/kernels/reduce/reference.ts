import { bytesOf, wordsOf } from '../standard/numbers.ts'

/** The kernel in plain TypeScript: sum modulo 2^32, exclusive or, least and greatest of the words. */
export function reduceWords(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const words = [...wordsOf(input)]
  const sum = words.reduce((total, word) => (total + word) % 2 ** 32, 0)
  const parity = words.reduce((total, word) => total ^ word, 0)
  const least = words.reduce((found, word) => Math.min(found, word), 2 ** 32 - 1)
  const greatest = words.reduce((found, word) => Math.max(found, word), 0)
  return bytesOf(Uint32Array.of(sum, parity, least, greatest))
}
