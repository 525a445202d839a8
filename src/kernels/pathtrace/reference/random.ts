import { f } from './vector.ts'

const QUARTER_PI = f(0.78539816)
const { imul } = Math

/** The second coordinate of 64 points of a (0,2)-sequence, by the reversed bits of their number. */
const sobol = makeTable()

/** Sample points of a pixel: the points of the sequence, shuffled and scrambled anew for every dimension. */
export class Random {
  /** The last point of the unit square, and, after `toDisc`, of the unit disc. */
  a = 0
  b = 0
  x = 0
  y = 0
  #pixel = 0
  #index = 0
  #dimension = 0

  /** Begins sample number `sample` of a pixel. */
  begin(place: number, seed: number, sample: number): void {
    this.#pixel = hash(place ^ hash((seed + (sample >>> 6)) | 0))
    this.#index = reverse(sample & 63)
    this.#dimension = 0
  }

  /** Draws the next point of the unit square. */
  draw(): void {
    const h = hash((this.#pixel + imul(this.#dimension, 0x9e3779b9)) | 0)
    this.#dimension += 1
    let x = (this.#index + h) | 0
    x ^= imul(x, (h >>> 7) << 1)
    x = (x + (h >>> 13)) | 0
    x ^= imul(x, (h >>> 19) << 1)
    x &= 63
    const scramble = hash(h ^ 0xa511e9b3)
    this.a = unit((x << 26) ^ scramble)
    this.b = unit((sobol[x] ?? 0) ^ imul(scramble, 0x2c1b3c6d))
  }

  /** Moves the last point to the unit disc, areas kept. */
  toDisc(): void {
    const u = f(f(2 * this.a) - 1)
    const v = f(f(2 * this.b) - 1)
    const isWide = Math.abs(u) > Math.abs(v)
    const radius = isWide ? u : v
    if (radius === 0) {
      this.x = 0
      this.y = 0
      return
    }
    const angle = f(f(QUARTER_PI * (isWide ? v : u)) / radius)
    const along = f(radius * cosine(angle))
    const across = f(radius * sine(angle))
    this.x = isWide ? along : across
    this.y = isWide ? across : along
  }
}

function sine(angle: number): number {
  const square = f(angle * angle)
  const inner = f(f(0.0083333338) - f(square * f(0.0001984127)))
  return f(angle * f(1 - f(square * f(f(0.16666667) - f(square * inner)))))
}

function cosine(angle: number): number {
  const square = f(angle * angle)
  const inner = f(f(0.041666668) - f(square * f(0.0013888889)))
  return f(1 - f(square * f(0.5 - f(square * inner))))
}

function unit(bits: number): number {
  return f((bits >>> 8) * 2 ** -24)
}

function hash(value: number): number {
  let x = imul(value ^ (value >>> 16), 0x7feb352d)
  x = imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}

/** The six low bits in reverse order. */
function reverse(i: number): number {
  let bits = 0
  for (let bit = 0; bit < 6; bit += 1) bits |= ((i >> bit) & 1) << (5 - bit)
  return bits
}

function makeTable(): Int32Array {
  const table = new Int32Array(64)
  for (let i = 0; i < 64; i += 1) {
    let [bits, direction] = [0, 1 << 31]
    for (let rest = i; rest !== 0; rest >>= 1) {
      if (rest & 1) bits ^= direction
      direction ^= direction >>> 1
    }
    table[reverse(i)] = bits
  }
  return table
}
