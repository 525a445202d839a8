// Counts random points of a cube that lie in the ball around one corner, four at a time. Input: u32 number of the first point,
// number of points (a multiple of four), seed, 0. Output: u32.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const output = placeAfter(input + size, 4)
  const count = load<i32>(input, 4)
  const seed = mix(v128.load_splat<u32>(input, 8)), one = mix(i32x4.splat(1)), edge = i32x4.splat(1 << 30)
  let number = i32x4.add(v128.load_splat<u32>(input), i32x4(0, 1, 2, 3)), outside = i32x4.splat(0)
  for (let at = 0; at < count; at += 4) {
    let x = mix(number), y = seed, z = one
    x = fused(x, y, z); y = fused(y, z, x); z = fused(z, x, y)
    x = folded(x); y = folded(y); z = folded(z)
    x = fused(x, y, z); y = fused(y, z, x); z = fused(z, x, y)
    const size2 = i32x4.add(i32x4.add(square(x), square(y)), square(z))
    outside = i32x4.add(outside, i32x4.ge_u(size2, edge))
    number = i32x4.add(number, i32x4.splat(4))
  }
  const misses = i32x4.extract_lane(outside, 0) + i32x4.extract_lane(outside, 1) + i32x4.extract_lane(outside, 2) + i32x4.extract_lane(outside, 3)
  store<i32>(output, count + misses)
  return pair(output, 4)
}

// @ts-ignore: decorator
@inline function mix(x: v128): v128 { return i32x4.add(i32x4.mul(x, i32x4.splat(1664525)), i32x4.splat(1013904223)) }

// @ts-ignore: decorator
@inline function fused(x: v128, y: v128, z: v128): v128 { return i32x4.add(x, i32x4.mul(y, z)) }

// @ts-ignore: decorator
@inline function folded(x: v128): v128 { return v128.xor(x, i32x4.shr_u(x, 16)) }

// @ts-ignore: decorator
@inline function square(x: v128): v128 { const short = i32x4.shr_u(x, 17); return i32x4.mul(short, short) }
