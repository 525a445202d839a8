import { Paths } from './reference/path.ts'
import { f } from './reference/vector.ts'

const TILE = 32
const ONE = 65_536
const MOST = 8

/** The kernel in plain TypeScript, every step rounded to f32: one tile's sums of light from the bytes of input. */
export function traceTile(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = input.slice()
  const words = new Int32Array(buffer)
  const paths = new Paths(words, new Float32Array(buffer))
  const sums = new Uint32Array(TILE * TILE * 3)
  const [width = 0, height = 0, left = 0, top = 0, first = 0, count = 0, seed = 0] = words
  const [stepX, stepY] = [f(2 / width), f(2 / height)]
  for (let place = 0; place < TILE * TILE; place += 1) {
    const [column, row] = [left + (place % TILE), top + Math.floor(place / TILE)]
    for (let sample = first; sample < first + count; sample += 1) {
      const { random, light } = paths
      random.begin(Math.imul(row, width) + column, seed, sample)
      random.draw()
      paths.trace(f(f(f(column + random.a) * stepX) - 1), f(1 - f(f(row + random.b) * stepY)))
      sums[3 * place] = (sums[3 * place] ?? 0) + fixed(light.x)
      sums[3 * place + 1] = (sums[3 * place + 1] ?? 0) + fixed(light.y)
      sums[3 * place + 2] = (sums[3 * place + 2] ?? 0) + fixed(light.z)
    }
  }
  return new Uint8Array(sums.buffer)
}

/** Light in 1/65536, at most 8. */
function fixed(light: number): number {
  return Math.floor(f(Math.min(light, MOST) * ONE))
}
