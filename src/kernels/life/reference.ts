import { mix32, pixelBetween } from '../standard/colour.ts'
import { bytesOf, wordsOf } from '../standard/numbers.ts'

const TILE = 64
type World = Record<'left' | 'top' | 'generations' | 'seed' | 'density' | 'side', number>

/** The kernel in plain TypeScript, but on the whole torus: what a tile shows must not depend on the window that it is worked out in. */
export function paintLife(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const [left = 0, top = 0, , generations = 0, seed = 0, density = 0, side = 0, ...colours] = wordsOf(input)
  const cells = play({ left, top, generations, seed, density, side })
  const [ground = 0, ash = 0, fresh = 0, old = 0] = colours
  const pixels = new Uint32Array(TILE * TILE).map((_, at) => {
    const x = (left + generations + (at % TILE)) % side
    const y = (top + generations + Math.floor(at / TILE)) % side
    const cell = cells[y * side + x] ?? 0
    return cell >= 256 ? pixelBetween(fresh, old, cell & 255) : pixelBetween(ground, ash, cell)
  })
  return bytesOf(pixels)
}

function play({ generations, seed, density, side }: World): Uint32Array {
  let cells = new Uint32Array(side * side).map((_, at) => {
    return (mix32((at + Math.imul(seed, 0x9e3779b9)) | 0) & 255) < density ? 256 : 0
  })
  for (let turn = 0; turn < generations; turn += 1) {
    const before = cells
    cells = before.map((cell, at) => {
      const count = neighbours(before, side, at)
      const isAlive = cell >= 256
      if (count === 3 || (isAlive && count === 2)) return isAlive ? Math.min(cell + 4, 511) : 256
      return isAlive ? 224 : cell - ((cell + 15) >> 4)
    })
  }
  return cells
}

/** How many cells around `at` live. */
function neighbours(cells: Uint32Array, side: number, at: number): number {
  const [x, y] = [at % side, Math.floor(at / side)]
  let count = 0
  for (let down = side - 1; down <= side + 1; down += 1)
    for (let right = side - 1; right <= side + 1; right += 1)
      count += (cells[((y + down) % side) * side + ((x + right) % side)] ?? 0) >> 8
  return count - ((cells[at] ?? 0) >> 8)
}
