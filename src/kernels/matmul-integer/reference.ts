import { bytesOf, wordsOf } from '../standard/numbers.ts'

/** The kernel in plain TypeScript: three loops modulo 2^32. */
export function multiplyIntegers(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const [rows = 0, inner = 0, columns = 0, , ...words] = wordsOf(input)
  const b = words.slice(rows * inner)
  const c = new Uint32Array(rows * columns).map((_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    let sum = 0
    for (let k = 0; k < inner; k += 1)
      sum = (sum + Math.imul(words[row * inner + k] ?? 0, b[k * columns + column] ?? 0)) | 0
    return sum
  })
  return bytesOf(c)
}
