/** The kernel in plain TypeScript: squares every 32-bit word, wrapping. */
export function squareWords(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(input.slice().buffer)
  return new Uint8Array(words.map((word) => Math.imul(word, word)).buffer)
}
