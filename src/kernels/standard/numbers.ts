/** `count` words without a pattern, the same for the same seed, by the 32-bit mixer of MurmurHash3. */
export function words(count: number, seed: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, (_, index) => {
    let word = Math.imul(index + 1, 0x9e3779b9) + seed
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    return word ^ (word >>> 16)
  })
}

/** `count` numbers from -1 to 1, multiples of 2^-23, the same for the same seed. */
export function reals(count: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(words(count, seed), (word) => (word >>> 8) / 2 ** 23 - 1)
}

/** The bytes of numbers. */
export function bytesOf(
  numbers: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(numbers.buffer)
}

/** The words of bytes, from anywhere in a buffer. */
export function wordsOf(bytes: Uint8Array): Uint32Array<ArrayBuffer> {
  return new Uint32Array(bytes.slice().buffer)
}
