/** Gives a generator that fills bytes with pseudo-random numbers: xoshiro128** (Blackman, Vigna 2018), from a seed of 16 bytes that are not all zero. */
export function randomFrom(seed: Uint8Array): (bytes: Uint8Array) => void {
  const view = new DataView(seed.buffer, seed.byteOffset, 16)
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [number, number, number, number]
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9)
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
  return (bytes) => {
    for (let at = 0; at < bytes.length; at += 4) {
      const word = next()
      for (let byte = 0; byte < 4 && at + byte < bytes.length; byte += 1)
        bytes[at + byte] = (word >>> (8 * byte)) & 255
    }
  }
}

function rotate(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count))
}
