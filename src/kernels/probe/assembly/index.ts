// Multiplies a square matrix of 32-bit words by itself, wrapping, and adds the product to itself `turns` times: what the admission
// benchmark measures. The input is four words (side, turns, 1 for SIMD, 0) and 512 x 512 numbers, of which side x side are used.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'

const HEAD = 16

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(pointer: i32, size: i32): i64 {
  const side = load<i32>(pointer)
  const turns = load<i32>(pointer, 4)
  const output = placeAfter(pointer + size, side * side * 4)
  if (load<i32>(pointer, 8) != 0) multiplyVectors(pointer + HEAD, output, side, turns)
  else multiply(pointer + HEAD, output, side, turns)
  return pair(output, side * side * 4)
}

/** Four rows and one column at a time. */
function multiply(numbers: i32, output: i32, side: i32, turns: i32): void {
  const stride = side << 2
  for (let row = 0; row < side; row += 4) {
    const a = numbers + row * stride
    for (let column = 0; column < stride; column += 4) {
      let s0: u32 = 0
      let s1: u32 = 0
      let s2: u32 = 0
      let s3: u32 = 0
      for (let turn = 0; turn < turns; turn++) {
        let b = numbers + column
        for (let k = a; k < a + stride; k += 4) {
          const factor = load<u32>(b)
          s0 += load<u32>(k) * factor
          s1 += load<u32>(k + stride) * factor
          s2 += load<u32>(k + 2 * stride) * factor
          s3 += load<u32>(k + 3 * stride) * factor
          b += stride
        }
      }
      const c = output + row * stride + column
      store<u32>(c, s0)
      store<u32>(c + stride, s1)
      store<u32>(c + 2 * stride, s2)
      store<u32>(c + 3 * stride, s3)
    }
  }
}

/** Four rows and eight columns at a time. */
function multiplyVectors(numbers: i32, output: i32, side: i32, turns: i32): void {
  const stride = side << 2
  for (let row = 0; row < side; row += 4) {
    const a = numbers + row * stride
    for (let column = 0; column < stride; column += 32) {
      let s0 = i32x4.splat(0)
      let s1 = s0
      let s2 = s0
      let s3 = s0
      let t0 = s0
      let t1 = s0
      let t2 = s0
      let t3 = s0
      for (let turn = 0; turn < turns; turn++) {
        let b = numbers + column
        for (let k = a; k < a + stride; k += 4) {
          const left = v128.load(b)
          const right = v128.load(b, 16)
          const a0 = v128.load32_splat(k)
          const a1 = v128.load32_splat(k + stride)
          const a2 = v128.load32_splat(k + 2 * stride)
          const a3 = v128.load32_splat(k + 3 * stride)
          s0 = i32x4.add(s0, i32x4.mul(a0, left))
          t0 = i32x4.add(t0, i32x4.mul(a0, right))
          s1 = i32x4.add(s1, i32x4.mul(a1, left))
          t1 = i32x4.add(t1, i32x4.mul(a1, right))
          s2 = i32x4.add(s2, i32x4.mul(a2, left))
          t2 = i32x4.add(t2, i32x4.mul(a2, right))
          s3 = i32x4.add(s3, i32x4.mul(a3, left))
          t3 = i32x4.add(t3, i32x4.mul(a3, right))
          b += stride
        }
      }
      const c = output + row * stride + column
      v128.store(c, s0)
      v128.store(c, t0, 16)
      v128.store(c + stride, s1)
      v128.store(c + stride, t1, 16)
      v128.store(c + 2 * stride, s2)
      v128.store(c + 2 * stride, t2, 16)
      v128.store(c + 3 * stride, s3)
      v128.store(c + 3 * stride, t3, 16)
    }
  }
}
