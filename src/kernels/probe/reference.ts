import { probe } from './meta.ts'

/** The numbers that a probe multiplies: the bits of their place, mixed well enough that every word counts. */
export function probeNumbers(): Uint8Array<ArrayBuffer> {
  const words = Uint32Array.from({ length: probe.maxSide ** 2 }, (_, place) => {
    const mixed = Math.imul(place ^ 0x9e3779b9, 0x85ebca6b)
    return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  })
  return new Uint8Array(words.buffer)
}

/** What a probe gives: `side` x `side` of the numbers times themselves, wrapping, times `turns`. */
export function probeProduct(side: number, turns: number): Uint32Array<ArrayBuffer> {
  const numbers = new Uint32Array(probeNumbers().buffer, 0, side * side)
  const product = new Uint32Array(side * side)
  for (let row = 0; row < side; row += 1)
    for (let k = 0; k < side; k += 1) {
      const factor = Math.imul(numbers[row * side + k] ?? 0, turns)
      for (let column = 0; column < side; column += 1) {
        const place = row * side + column
        product[place] = (product[place] ?? 0) + Math.imul(factor, numbers[k * side + column] ?? 0)
      }
    }
  return product
}

/** One word that changes with every word of a product, and grows in proportion to its turns. */
export function checkWord(product: Uint32Array): number {
  let sum = 0
  for (let place = 0; place < product.length; place += 1)
    sum = (sum + Math.imul(product[place] ?? 0, 2 * place + 1)) >>> 0
  return sum
}
