import { bytesOf, wordsOf } from '../standard/numbers.ts'
import { rootsOf } from './roots.ts'

const P = 65_537

/** The kernel by the definition, a sum for each number of the spectrum: slow, and nothing to get wrong. */
export function transformWords(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = wordsOf(input)
  const length = (all.length / 3) * 2
  const words = all.subarray(length / 2)
  const powers = rootsOf(length, length)
  const spectrum = new Uint32Array(length).map((_, frequency) => {
    let sum = 0
    for (let at = 0; at < length; at += 1)
      sum = (sum + ((words[at] ?? 0) % P) * (powers[(at * frequency) % length] ?? 0)) % P
    return sum
  })
  return bytesOf(spectrum)
}
