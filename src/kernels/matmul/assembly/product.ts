// C = A * B by rows. Every sum goes over the inner axis from 0 up, one rounded product and one rounded addition at a time, in
// every path below, so that the bytes are those of three plain loops. Input: u32 rows, inner, columns, 0, then A and B by rows.
import { align, pair, reserve } from '../../kernel1/assembly/memory'
import { multiplyTile } from './tile'

/** How much of the inner axis is packed at a time: a panel of 8 columns then fills half of a first-level cache. */
const DEPTH: i32 = 512
const panel = memory.data(DEPTH * 32, 16)

/** The output of `run` for numbers `T` of 4 bytes. */
export function multiply<T>(input: i32, size: i32): i64 {
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
        multiplyTile<T>(a + 4 * (row * inner + depth), 4 * inner, panel, c + 4 * (row * columns + column), 4 * columns, count, depth > 0)
    }
  }
  for (let row = 0; row < rows; row++) {
    for (let column = row < wholeRows ? wholeColumns : 0; column < columns; column++)
      store<T>(c + 4 * (row * columns + column), dot<T>(a + 4 * row * inner, b + 4 * column, 4 * columns, inner))
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

function dot<T>(a: i32, b: i32, stride: i32, count: i32): T {
  let sum = 0 as T
  for (let k = 0; k < count; k++) {
    sum += load<T>(a) * load<T>(b)
    a += 4
    b += stride
  }
  return sum
}
