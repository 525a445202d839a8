// Squares every 32-bit word of the input, wrapping: the smallest honest unit, for measuring everything around it.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(pointer: i32, size: i32): i64 {
  const output = placeAfter(pointer + size, size)
  for (let offset = 0; offset < size; offset += 4) {
    const word = load<u32>(pointer + offset)
    store<u32>(output + offset, word * word)
  }
  return pair(output, size)
}
