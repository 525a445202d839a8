// Conway's game of life on a torus, one tile of 64 x 64 cells from the window around it, four cells at a time. The input is the
// twelve words of `World` in kernel.wgsl; the window's side is a multiple of 4. Rows lie between borders of dead cells.
import { align, pair, place, reserve } from '../../kernel1/assembly/memory'
import { blend, mix32 } from './paint'

const TILE: i32 = 64

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const window = load<i32>(input, 8), generations = load<i32>(input, 12)
  const stride = 4 * (window + 8), bytes = stride * (window + 2)
  const output = align(input + size)
  let cells = output + 4 * TILE * TILE, next = cells + bytes
  reserve(next + bytes)
  memory.fill(cells, 0, 2 * bytes)
  scatter(input, cells + stride + 16, stride)
  for (let turn = 0; turn < generations; turn++) {
    for (let row = stride; row <= stride * window; row += stride) live(cells + row + 16, next + row + 16, stride, window)
    const last = cells
    cells = next
    next = last
  }
  paint(input, cells + (generations + 1) * stride + 16 + 4 * generations, stride, output)
  return pair(output, 4 * TILE * TILE)
}

function scatter(input: i32, cells: i32, stride: i32): void {
  const left = load<u32>(input), top = load<u32>(input, 4), window = load<u32>(input, 8)
  const seed = load<u32>(input, 16), density = load<u32>(input, 20), side = load<u32>(input, 24)
  for (let y: u32 = 0; y < window; y++) {
    for (let x: u32 = 0; x < window; x++) {
      const number = ((top + y) % side) * side + ((left + x) % side) + seed * 0x9e3779b9
      store<u32>(cells + y * stride + 4 * x, (mix32(number) & 255) < density ? 256 : 0)
    }
  }
}

/** One row of the next generation. */
function live(row: i32, to: i32, stride: i32, window: i32): void {
  const born = i32x4.splat(256), warm = i32x4.splat(224), oldest = i32x4.splat(511)
  for (let end = row + 4 * window; row < end; row += 16) {
    const cell = v128.load(row), above = row - stride, below = row + stride
    const sides = i32x4.add(lives(v128.load(row - 4)), lives(v128.load(row + 4)))
    const upper = i32x4.add(i32x4.add(lives(v128.load(above - 4)), lives(v128.load(above))), lives(v128.load(above + 4)))
    const lower = i32x4.add(i32x4.add(lives(v128.load(below - 4)), lives(v128.load(below))), lives(v128.load(below + 4)))
    const count = i32x4.add(i32x4.add(upper, lower), sides)
    const isAlive = i32x4.ge_u(cell, born)
    const kept = v128.bitselect(i32x4.min_u(i32x4.add(cell, i32x4.splat(4)), oldest), born, isAlive)
    const cooled = i32x4.sub(cell, i32x4.shr_u(i32x4.add(cell, i32x4.splat(15)), 4))
    const left = v128.bitselect(warm, cooled, isAlive)
    const isThree = i32x4.eq(count, i32x4.splat(3)), isTwo = i32x4.eq(count, i32x4.splat(2))
    v128.store(to, v128.bitselect(kept, left, v128.or(isThree, v128.and(isAlive, isTwo))))
    to += 16
  }
}

// @ts-ignore: decorator
@inline function lives(cells: v128): v128 { return i32x4.shr_u(cells, 8) }

function paint(input: i32, cells: i32, stride: i32, pixels: i32): void {
  const ground = load<u32>(input, 28), ash = load<u32>(input, 32), fresh = load<u32>(input, 36), old = load<u32>(input, 40)
  for (let y = 0; y < TILE; y++) {
    for (let x = 0; x < TILE; x++) {
      const cell = load<u32>(cells + y * stride + 4 * x)
      const rgb = cell >= 256 ? blend(fresh, old, cell & 255) : blend(ground, ash, cell)
      store<u32>(pixels + 4 * (TILE * y + x), bswap(rgb << 8) | 0xff000000)
    }
  }
}
