// The Fourier transform of 2^n words modulo 65537, in Stockham's order. Input: the powers 0 to half the length of the root of
// unity, then the words: a third of the input are roots. Length at least 8.
import { align, pair, place, reserve } from '../../kernel1/assembly/memory'

const P: u32 = 65537

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const bytes = (size / 3) * 2, half = bytes >> 1
  const roots = input
  let from = input + half, to = align(input + size)
  reserve(to + bytes)
  for (let at = from; at < from + bytes; at += 4) store<u32>(at, load<u32>(at) % P)
  for (let width = 4; width < bytes; width *= 2) {
    if (width < 16) narrow(from, to, roots, half, width)
    else wide(from, to, roots, half, width)
    const last = from
    from = to
    to = last
  }
  return pair(from, bytes)
}

/** One turn, word by word; `half` and `width` in bytes. */
function narrow(from: i32, to: i32, roots: i32, half: i32, width: i32): void {
  for (let at = 0; at < half; at += 4) {
    const inner = at & (width - 1), outer = at - inner
    const a = load<u32>(from + at), b = load<u32>(from + at + half)
    store<u32>(to + 2 * outer + inner, (a + b) % P)
    store<u32>(to + 2 * outer + inner + width, u32((u64((a + P - b) % P) * u64(load<u32>(roots + outer))) % P))
  }
}

/** One turn of four sequences at a time, which share a root. */
function wide(from: i32, to: i32, roots: i32, half: i32, width: i32): void {
  for (let outer = 0; outer < half; outer += width) {
    const root = v128.load_splat<u32>(roots + outer)
    for (let inner = 0; inner < width; inner += 16) {
      const a = v128.load(from + outer + inner), b = v128.load(from + outer + inner + half)
      v128.store(to + 2 * outer + inner, once(i32x4.add(a, b)))
      v128.store(to + 2 * outer + inner + width, times(once(i32x4.add(a, i32x4.sub(i32x4.splat(P), b))), root))
    }
  }
}

// @ts-ignore: decorator
@inline function once(x: v128): v128 { return i32x4.sub(x, v128.and(i32x4.ge_u(x, i32x4.splat(P)), i32x4.splat(P))) }

/** a * b for a, b up to 65536: 2^16 is -1, and only 65536 * 65536 (which is 1) overflows, to 0. */
// @ts-ignore: decorator
@inline function times(a: v128, b: v128): v128 {
  const product = i32x4.mul(a, b)
  const low = i32x4.add(v128.and(product, i32x4.splat(65535)), i32x4.shr_u(v128.and(a, b), 16))
  const difference = i32x4.sub(low, i32x4.shr_u(product, 16))
  return i32x4.add(difference, v128.and(i32x4.shr_s(difference, 31), i32x4.splat(P)))
}
