// C = A * B in 32-bit integers, wrapping. Input: u32 rows, inner, columns, 0, then A and B by rows.
import { align, pair, place, reserve } from '../../kernel1/assembly/memory'
import { multiplyTile } from './tile'

/** How much of the inner axis is packed at a time: a panel of 8 columns then fills half of a first-level cache. */
const DEPTH: i32 = 512
const panel = memory.data(DEPTH * 32, 16)

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const rows = load<i32>(input), inner = load<i32>(input, 4), columns = load<i32>(input, 8)
  const a = input + 16, b = a + 4 * rows * inner, c = align(input + size)
  const bytes = 4 * rows * columns
  const wholeRows = rows & ~3, wholeColumns = columns & ~7
  reserve(c + bytes)
  for (let depth = 0; depth < inner; depth += DEPTH) {
    const count = min(DEPTH, inner - depth)
    for (let column = 0; column < wholeColumns; column += 8) {
      pack(b + 4 * (depth * columns + column), 4 * columns, count)
      for (let row = 0; row < wholeRows; row += 4)
        multiplyTile(a + 4 * (row * inner + depth), 4 * inner, panel, c + 4 * (row * columns + column), 4 * columns, count, depth > 0)
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let column = row < wholeRows ? wholeColumns : 0; column < columns; column++)
      store<u32>(c + 4 * (row * columns + column), dot(a + 4 * row * inner, b + 4 * column, 4 * columns, inner))
  }
  return pair(c, bytes)
}

/** Copies 8 columns of B, so that the tiles read them in one stream. */
function pack(from: i32, stride: i32, count: i32): void {
  for (let to = panel, end = panel + 32 * count; to < end; to += 32) {
    v128.store(to, v128.load(from))
    v128.store(to, v128.load(from, 16), 16)
    from += stride
  }
}

function dot(a: i32, b: i32, stride: i32, count: i32): u32 {
  let sum: u32 = 0
  for (let k = 0; k < count; k++) {
    sum += load<u32>(a) * load<u32>(b)
    a += 4
    b += stride
  }
  return sum
}
