// From the four points of a pixel to its colour; every function has its like in kernel.wgsl.
import { answer } from './escape'

const counts = memory.data(16, 4)
const INK: i32 = 104

/** The pixel whose four points lie in `answer`, as rgba bytes. */
export function paint(input: i32): u32 {
  let red: u32 = 2, green: u32 = 2, blue: u32 = 2
  for (let lane = 0; lane < 16; lane += 4) {
    const count = smoothCount(answer + lane)
    store<u32>(counts + lane, count)
    const rgb = colour(input, count)
    red += rgb >> 16
    green += (rgb >> 8) & 255
    blue += rgb & 255
  }
  return shade(input, red >> 2, green >> 2, blue >> 2)
}

/** log2 in 1/65536: exact at powers of two, smooth between. */
function log(value: u32): u32 {
  const high = 31 - clz(value)
  const f = ((value << (31 - high)) >> 15) & 65535
  return (high << 16) + f + ((((f * (65535 - f)) >> 16) * (29013 - ((f * 10748) >> 16))) >> 16)
}

function smoothCount(place: usize): u32 {
  const count = load<u32>(place)
  if (count == 0) return 0
  const x = load<i32>(place, 16), y = load<i32>(place, 32), cx = load<i32>(place, 48), cy = load<i32>(place, 64)
  const x1 = (((x * x - y * y) >> 12) + cx) >> 3
  const y1 = (((x * y) >> 11) + cy) >> 3
  const x2 = (((x1 * x1 - y1 * y1) >> 9) + (cx >> 3)) >> 5
  const y2 = (((x1 * y1) >> 8) + (cy >> 3)) >> 5
  const size = log(x2 * x2 + y2 * y2) - 524288
  return ((count + 24) << 16) - log(size)
}

function colour(input: i32, count: u32): u32 {
  if (count == 0) return load<u32>(input, INK)
  const t = ((log(count) - 1048576) >> 4) * load<u32>(input, 20) + load<u32>(input, 24)
  const f = (t >> 12) & 255
  const from = load<u32>(input + (((t >> 20) & 15) << 2), 128)
  const to = load<u32>(input + ((((t >> 20) + 1) & 15) << 2), 128)
  return (blend(from >> 16, to >> 16, f) << 16) | (blend(from >> 8, to >> 8, f) << 8) | blend(from, to, f)
}

@inline
function blend(from: u32, to: u32, f: u32): u32 {
  return ((from & 255) * (256 - f) + (to & 255) * f) >> 8
}

/** Light from the top left on the counts as heights, and ink where they rise steeply. */
function shade(input: i32, red: u32, green: u32, blue: u32): u32 {
  const a = load<i32>(counts), b = load<i32>(counts, 4), c = load<i32>(counts, 8), d = load<i32>(counts, 12)
  if (a == 0 || b == 0 || c == 0 || d == 0) return red | (green << 8) | (blue << 16) | 0xff000000
  let gx = b + d - (a + c)
  let gy = c + d - (a + b)
  const size = <u32>(abs(gx) | abs(gy)) | 1
  const drop = max(31 - clz(size), 13) - 13
  gx >>= drop
  gy >>= drop
  const length = root(gx * gx + gy * gy) + 1
  const slope = ((gx + gy) * 181) / <i32>(length + (load<u32>(input, 112) >> drop))
  const lit = 256 + ((slope * load<i32>(input, 28)) >> 8)
  const steep = (length << drop) >> 8
  const ink = (steep << 8) / (steep + load<u32>(input, 108))
  const under = load<u32>(input, INK)
  return light(red, under >> 16, ink, lit) | (light(green, under >> 8, ink, lit) << 8) | (light(blue, under, ink, lit) << 16) | 0xff000000
}

function light(part: u32, under: u32, ink: u32, lit: u32): u32 {
  return min<u32>((((part * (256 - ink) + (under & 255) * ink) >> 8) * lit) >> 8, 255)
}

function root(value: u32): u32 {
  let r: u32 = 0
  for (let bit: u32 = 32768; bit > 0; bit >>= 1) {
    if ((r + bit) * (r + bit) <= value) r += bit
  }
  return r
}
