// ((a x + b) x + c) x + d of every word, wrapping. Input: a, b, c, d, then words, a multiple of four.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const output = placeAfter(input + size, size - 16)
  const a = v128.load_splat<u32>(input), b = v128.load_splat<u32>(input, 4)
  const c = v128.load_splat<u32>(input, 8), d = v128.load_splat<u32>(input, 12)
  for (let at = 0; at < size - 16; at += 16) {
    const x = v128.load(input + 16 + at)
    const y = i32x4.add(i32x4.mul(i32x4.add(i32x4.mul(i32x4.add(i32x4.mul(a, x), b), x), c), x), d)
    v128.store(output + at, y)
  }
  return pair(output, size - 16)
}
