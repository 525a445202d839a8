// A path tracer for any triangle mesh. One unit is a range of samples of one tile; the output is three sums a pixel (red, green, blue),
// in 1/65536. Every step is one IEEE operation on f32 in a fixed order: the bytes are the same everywhere.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'
import { open, word } from './layout'
import * as path from './path'
import * as random from './random'

const TILE: u32 = 32
const BYTES: i32 = 12288

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(pointer: i32, size: i32): i64 {
  const output = placeAfter(pointer + size, BYTES)
  open(pointer)
  random.fillTable()
  const left = word(2)
  const top = word(3)
  for (let row: u32 = 0; row < TILE; row++) {
    for (let column: u32 = 0; column < TILE; column++) sumPixel(left + column, top + row, output + 12 * (row * TILE + column))
  }
  return pair(output, BYTES)
}

function sumPixel(column: u32, row: u32, output: i32): void {
  const width = word(0)
  const stepX: f32 = 2 / <f32>width
  const stepY: f32 = 2 / <f32>word(1)
  const end = word(4) + word(5)
  let red: u32 = 0
  let green: u32 = 0
  let blue: u32 = 0
  for (let sample = word(4); sample < end; sample++) {
    random.begin(row * width + column, word(6), sample)
    random.draw()
    path.trace((<f32>column + random.a) * stepX - 1, 1 - (<f32>row + random.b) * stepY)
    red += fixed(path.red)
    green += fixed(path.green)
    blue += fixed(path.blue)
  }
  store<u32>(output, red)
  store<u32>(output, green, 4)
  store<u32>(output, blue, 8)
}

/** Light in 1/65536, at most 8. */
function fixed(light: f32): u32 {
  return <u32>(min<f32>(light, 8) * 65536)
}
