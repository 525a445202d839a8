// Sum, exclusive or, least and greatest of many words, a multiple of four of them.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const output = placeAfter(input + size, 16)
  let sum = i32x4.splat(0), parity = sum, least = i32x4.splat(-1), greatest = sum
  for (let at = input; at < input + size; at += 16) {
    const words = v128.load(at)
    sum = i32x4.add(sum, words)
    parity = v128.xor(parity, words)
    least = i32x4.min_u(least, words)
    greatest = i32x4.max_u(greatest, words)
  }
  // Each turn folds the upper half of what is left onto the lower one.
  for (let turn = 0; turn < 2; turn++) {
    const a = turn == 0 ? fold2(sum) : fold1(sum), b = turn == 0 ? fold2(parity) : fold1(parity)
    const c = turn == 0 ? fold2(least) : fold1(least), d = turn == 0 ? fold2(greatest) : fold1(greatest)
    sum = i32x4.add(sum, a)
    parity = v128.xor(parity, b)
    least = i32x4.min_u(least, c)
    greatest = i32x4.max_u(greatest, d)
  }
  store<i32>(output, i32x4.extract_lane(sum, 0))
  store<i32>(output, i32x4.extract_lane(parity, 0), 4)
  store<i32>(output, i32x4.extract_lane(least, 0), 8)
  store<i32>(output, i32x4.extract_lane(greatest, 0), 12)
  return pair(output, 16)
}

// @ts-ignore: decorator
@inline function fold2(x: v128): v128 { return v128.shuffle<i32>(x, x, 2, 3, 0, 1) }

// @ts-ignore: decorator
@inline function fold1(x: v128): v128 { return v128.shuffle<i32>(x, x, 1, 0, 3, 2) }
