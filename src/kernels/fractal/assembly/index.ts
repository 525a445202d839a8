// The twin of kernel.wgsl: the same integers, with the four points of a pixel in the four lanes of a vector.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'
import { paint } from './colour'
import { escape } from './escape'

const TILE: i32 = 32
const BYTES: i32 = TILE * TILE * 4

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(pointer: i32, size: i32): i64 {
  const output = placeAfter(pointer + size, BYTES)
  const left = load<i32>(pointer, 8)
  const top = load<i32>(pointer, 12)
  for (let row = 0; row < TILE; row++) {
    for (let column = 0; column < TILE; column++) {
      escape(pointer, 2 * (left + column), 2 * (top + row))
      store<u32>(output + 4 * (row * TILE + column), paint(pointer))
    }
  }
  return pair(output, BYTES)
}
