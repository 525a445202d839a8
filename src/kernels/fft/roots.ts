const P = 65_537

/** The first `count` powers of the root of unity of order `length`, a power of two up to 65536, modulo 65537: 3 generates the field. */
export function rootsOf(length: number, count: number): Uint32Array<ArrayBuffer> {
  let root = 3
  for (let order = P - 1; order > length; order /= 2) root = (root * root) % P
  let power = 1
  return new Uint32Array(count).map(() => {
    const now = power
    power = (power * root) % P
    return now
  })
}
