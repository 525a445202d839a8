import { bytesOf, wordsOf } from '../standard/numbers.ts'

/** The kernel in plain TypeScript: the value of a cubic at each word, modulo 2^32. */
export function mapWords(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const [a = 0, b = 0, c = 0, d = 0, ...words] = wordsOf(input)
  const cubic = (x: number): number => Math.imul(Math.imul(Math.imul(a, x) + b, x) + c, x) + d
  return bytesOf(Uint32Array.from(words, cubic))
}
