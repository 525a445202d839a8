import { bytesOf, wordsOf } from '../standard/numbers.ts'

/** The kernel in plain TypeScript: the words in rising order, or in falling. */
export function sortWords(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const [isFalling] = wordsOf(input.subarray(0, 4))
  const words = wordsOf(input.subarray(16)).sort()
  return bytesOf(isFalling === 1 ? words.reverse() : words)
}
