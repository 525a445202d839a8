import { Digits } from './reference-digits.ts'

/** The kernel in plain TypeScript: one tile of 32 x 32 pixels as rgba bytes from the 192 bytes of input. */
export function paintTile(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new Int32Array(input.slice().buffer)
  const pixels = new Uint32Array(TILE * TILE)
  const [, , left = 0, top = 0] = view
  for (let row = 0; row < TILE; row += 1) {
    for (let column = 0; column < TILE; column += 1)
      pixels[TILE * row + column] = paint(view, 2 * (left + column), 2 * (top + row))
  }
  return new Uint8Array(pixels.buffer)
}

const TILE = 32
const { imul } = Math
type Rgb = readonly [number, number, number]

function paint(view: Int32Array, column: number, row: number): number {
  const counts: number[] = []
  let [red, green, blue] = [2, 2, 2]
  for (let i = 0; i < 4; i += 1) {
    const [cx, cy] = [new Digits(), new Digits()]
    cx.setPoint(view, 8, column + (i & 1))
    cy.setPoint(view, 14, row + (i >> 1))
    const count = countPoint(at(view, 4), cx, cy)
    const [r, g, b] = colour(view, count)
    counts.push(count)
    red += r
    green += g
    blue += b
  }
  const [r, g, b] = shade(view, [red >> 2, green >> 2, blue >> 2], counts)
  return (r | (g << 8) | (b << 16) | 0xff000000) >>> 0
}

/** The number of iterations with a fraction, in 1/65536; 0 inside the set. */
function countPoint(limit: number, cx: Digits, cy: Digits): number {
  const [x, y, sum, difference, twice] = [
    new Digits(),
    new Digits(),
    new Digits(),
    new Digits(),
    new Digits(),
  ]
  for (let n = 1; n <= limit; n += 1) {
    sum.setSum(x, y)
    difference.setDifference(x, y)
    twice.setSum(x, x)
    y.setProduct(twice, y, cy)
    x.setProduct(sum, difference, cx)
    const [a, b] = [x.short(), y.short()]
    if (imul(a, a) + imul(b, b) > 67108864) return smooth(n, { x: a, y: b, cx: cx.short(), cy: cy.short() })
  }
  return 0
}

/** Two more iterations in 12, 9 and 4 binary places make the fraction smooth. */
function smooth(count: number, { x, y, cx, cy }: { x: number; y: number; cx: number; cy: number }): number {
  const x1 = (((imul(x, x) - imul(y, y)) >> 12) + cx) >> 3
  const y1 = ((imul(x, y) >> 11) + cy) >> 3
  const x2 = (((imul(x1, x1) - imul(y1, y1)) >> 9) + (cx >> 3)) >> 5
  const y2 = ((imul(x1, y1) >> 8) + (cy >> 3)) >> 5
  const size = log((imul(x2, x2) + imul(y2, y2)) >>> 0) - 524288
  return ((count + 24) << 16) - log(size)
}

/** log2 in 1/65536: exact at powers of two, smooth between. */
function log(value: number): number {
  const high = 31 - Math.clz32(value)
  const f = ((value << (31 - high)) >>> 15) & 65535
  return (high << 16) + f + (imul(imul(f, 65535 - f) >>> 16, 29013 - (imul(f, 10748) >>> 16)) >>> 16)
}

function colour(view: Int32Array, count: number): Rgb {
  if (count === 0) return channels(at(view, 26))
  const t = (imul((log(count) - 1048576) >>> 4, at(view, 5)) + at(view, 6)) >>> 0
  const f = (t >>> 12) & 255
  const from = channels(at(view, 32 + ((t >>> 20) & 15)))
  const to = channels(at(view, 32 + (((t >>> 20) + 1) & 15)))
  return mix(from, to, f)
}

/** Light from the top left on the counts as heights, and ink where they rise steeply. */
function shade(view: Int32Array, rgb: Rgb, [a = 0, b = 0, c = 0, d = 0]: readonly number[]): Rgb {
  if (a === 0 || b === 0 || c === 0 || d === 0) return rgb
  let gx = b + d - (a + c)
  let gy = c + d - (a + b)
  const drop = Math.max(31 - Math.clz32(Math.abs(gx) | Math.abs(gy) | 1), 13) - 13
  gx >>= drop
  gy >>= drop
  const length = root(imul(gx, gx) + imul(gy, gy)) + 1
  const slope = (imul(gx + gy, 181) / (length + (at(view, 28) >>> drop))) | 0
  const lit = 256 + (imul(slope, at(view, 7)) >> 8)
  const steep = (length << drop) >>> 8
  const ink = Math.floor(((steep << 8) >>> 0) / (steep + at(view, 27)))
  const [red, green, blue] = mix(rgb, channels(at(view, 26)), ink)
  const light = (part: number): number => Math.min(imul(part, lit) >>> 8, 255)
  return [light(red), light(green), light(blue)]
}

function root(value: number): number {
  let found = 0
  for (let bit = 32768; bit > 0; bit >>= 1) if (imul(found + bit, found + bit) >>> 0 <= value) found += bit
  return found
}

function mix([r, g, b]: Rgb, [red, green, blue]: Rgb, part: number): Rgb {
  const rest = 256 - part
  return [(r * rest + red * part) >> 8, (g * rest + green * part) >> 8, (b * rest + blue * part) >> 8]
}

function channels(rgb: number): Rgb {
  return [(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255]
}

function at(view: Int32Array, index: number): number {
  return view[index] ?? 0
}
