// Sample points: a (0,2)-sequence of 64 points, shuffled and scrambled anew for every pixel and dimension, so that few samples look smooth.

const sobol = memory.data(256)
let pixel: u32 = 0
let index: u32 = 0
let dimension: u32 = 0

/** The two coordinates of the last point drawn. */
export let a: f32 = 0
export let b: f32 = 0

export function fillTable(): void {
  for (let i: u32 = 0; i < 64; i++) {
    let bits: u32 = 0
    let direction: u32 = 0x80000000
    for (let rest = i; rest != 0; rest >>= 1) {
      if (rest & 1) bits ^= direction
      direction ^= direction >> 1
    }
    store<u32>(sobol + 4 * reverse6(i), bits)
  }
}

/** Begins sample number `sample` of a pixel. */
export function begin(place: u32, seed: u32, sample: u32): void {
  pixel = hash(place ^ hash(seed + (sample >> 6)))
  index = reverse6(sample & 63)
  dimension = 0
}

/** Draws the next point of the unit square into `a` and `b`. */
export function draw(): void {
  const h = hash(pixel + dimension * 0x9e3779b9)
  dimension += 1
  let x = index + h
  x ^= x * ((h >> 7) << 1)
  x += h >> 13
  x ^= x * ((h >> 19) << 1)
  x &= 63
  const scramble = hash(h ^ 0xa511e9b3)
  a = unit((x << 26) ^ scramble)
  b = unit(load<u32>(sobol + 4 * x) ^ (scramble * 0x2c1b3c6d))
}

/** The last point moved to the unit disc, areas kept. */
export let x: f32 = 0
export let y: f32 = 0

export function toDisc(): void {
  const u: f32 = 2 * a - 1
  const v: f32 = 2 * b - 1
  const isWide = abs(u) > abs(v)
  const radius = isWide ? u : v
  const other = isWide ? v : u
  if (radius == 0) {
    x = y = 0
    return
  }
  const angle: f32 = (QUARTER_PI * other) / radius
  const square: f32 = angle * angle
  const sine: f32 = angle * (1 - square * (0.16666667 - square * (0.0083333338 - square * 0.00019841270)))
  const cosine: f32 = 1 - square * (0.5 - square * (0.041666668 - square * 0.0013888889))
  x = radius * (isWide ? cosine : sine)
  y = radius * (isWide ? sine : cosine)
}

const QUARTER_PI: f32 = 0.78539816

@inline
function unit(bits: u32): f32 {
  return f32(bits >> 8) * 0.000000059604644775390625
}

function hash(value: u32): u32 {
  let x = value
  x = (x ^ (x >> 16)) * 0x7feb352d
  x = (x ^ (x >> 15)) * 0x846ca68b
  return x ^ (x >> 16)
}

function reverse6(i: u32): u32 {
  return ((i & 1) << 5) | ((i & 2) << 3) | ((i & 4) << 1) | ((i & 8) >> 1) | ((i & 16) >> 3) | ((i & 32) >> 5)
}
