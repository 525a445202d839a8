/** How many tiles the example has along each side. */
export const TILES = 12

const DYES = [
  [12, 30, 38],
  [13, 92, 82],
  [87, 190, 166],
  [240, 214, 150],
  [201, 128, 44],
  [140, 50, 44],
  [30, 26, 52],
] as const

/** The order in which the tiles of the example appear: scattered, but always the same. */
export function tileOrder(): number[] {
  const weigh = (tile: number): number => (Math.imul(tile + 7, 0x9e3779b1) >>> 3) % 1009
  return Array.from({ length: TILES * TILES }, (_, tile) => tile).sort((a, b) => weigh(a) - weigh(b) || a - b)
}

/** Draws one tile of a Julia set into RGBA bytes of `side` times `side` pixels; `whole` is the side of the picture. */
export function drawTile(
  pixels: Uint8ClampedArray,
  tile: number,
  { side, whole }: { side: number; whole: number },
): void {
  const left = (tile % TILES) * side
  const top = Math.floor(tile / TILES) * side
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const shade = fade(((left + x) / whole - 0.5) * 1.9 - 0.06, ((top + y) / whole - 0.5) * 1.9 + 0.02)
      pixels.set(dye(shade), (y * side + x) * 4)
    }
  }
}

/** How fast a point leaves the Julia set of -0.79 + 0.155i: 0 at once, towards 1 the slower. */
function fade(re: number, im: number): number {
  let [x, y] = [re, im]
  for (let step = 0; step < 90; step += 1) {
    const [xx, yy] = [x * x, y * y]
    if (xx + yy > 64) return Math.min(1, Math.sqrt((step + 2 - Math.log2(Math.log2(xx + yy))) / 90))
    y = 2 * x * y + 0.155
    x = xx - yy - 0.79
  }
  return 1
}

function dye(shade: number): [number, number, number, number] {
  const place = Math.max(0, shade) * (DYES.length - 1)
  const low = Math.min(DYES.length - 2, Math.floor(place))
  const [a, b] = [DYES[low] ?? DYES[0], DYES[low + 1] ?? DYES[0]]
  const mix = (channel: 0 | 1 | 2): number => a[channel] + (b[channel] - a[channel]) * (place - low)
  return [mix(0), mix(1), mix(2), 255]
}
