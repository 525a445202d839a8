/** Tone mapping with nothing but + - * / and tables, so that every engine makes the same bytes. */

/** Maps light (1 is the white of a lit sheet) to a byte: a filmic curve, then the sRGB curve. */
export function toneMap(light: number): number {
  const x = light * 0.8
  const film = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)
  let [low, high] = [0, 255]
  while (low < high) {
    const middle = (low + high) >> 1
    if (film < (thresholds[middle] ?? 1)) high = middle
    else low = middle + 1
  }
  return low
}

/** `thresholds[k]` is the linear light from which byte k + 1 is nearer than byte k. */
const thresholds = Float64Array.from({ length: 255 }, (_, byte) => toLinear((byte + 0.5) / 255))

/** The sRGB curve: c / 12.92, or ((c + 0.055) / 1.055) ^ 2.4, the power as x² times the fifth root of x². */
function toLinear(c: number): number {
  if (c <= 0.04045) return c / 12.92
  const x = (c + 0.055) / 1.055
  return x * x * fifthRoot(x * x)
}

function fifthRoot(value: number): number {
  let root = 1
  for (let step = 0; step < 60; step += 1) {
    const square = root * root
    root = (4 * root + value / (square * square)) / 5
  }
  return root
}
