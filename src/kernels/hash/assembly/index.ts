// SHA-256 (FIPS 180-4) of many messages of the same length, four at a time: each lane of a vector is one message. Input: u32
// words of a message (a multiple of 16), number of messages (a multiple of 4), 0, 0, then the messages.
import { pair, place, placeAfter } from '../../kernel1/assembly/memory'

const K = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
])
const START = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
])
const w = memory.data(64 * 16, 16)
const state = memory.data(8 * 16, 16)

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const words = load<i32>(input), count = load<i32>(input, 4)
  const output = placeAfter(input + size, 32 * count)
  for (let first = 0; first < count; first += 4) {
    for (let n = 0; n < 8; n++) v128.store(state + 16 * n, v128.load_splat<u32>(START + 4 * n))
    for (let block = 0; block < words; block += 16) {
      bring(input + 16 + 4 * (first * words + block), 4 * words)
      compress()
    }
    for (let n = 0; n < 16; n++) v128.store(w + 16 * n, i32x4.splat(n == 0 ? 0x80000000 : n == 15 ? 32 * words : 0))
    compress()
    give(output + 32 * first)
  }
  return pair(output, 32 * count)
}

/** The first sixteen words of the schedule, from four messages that lie `stride` apart. */
function bring(from: i32, stride: i32): void {
  for (let n = 0; n < 64; n += 16) {
    const a = v128.load(from + n), b = v128.load(from + stride + n)
    const c = v128.load(from + 2 * stride + n), d = v128.load(from + 3 * stride + n)
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5)
    const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7), gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7)
    const to = w + 4 * n
    v128.store(to, swapBytes(v128.shuffle<i64>(ab, cd, 0, 2)))
    v128.store(to, swapBytes(v128.shuffle<i64>(ab, cd, 1, 3)), 16)
    v128.store(to, swapBytes(v128.shuffle<i64>(ef, gh, 0, 2)), 32)
    v128.store(to, swapBytes(v128.shuffle<i64>(ef, gh, 1, 3)), 48)
  }
}

function compress(): void {
  for (let at = w + 256; at < w + 1024; at += 16) {
    const x = v128.load(at - 240), y = v128.load(at - 32)
    const low = v128.xor(v128.xor(turn(x, 7), turn(x, 18)), i32x4.shr_u(x, 3))
    const high = v128.xor(v128.xor(turn(y, 17), turn(y, 19)), i32x4.shr_u(y, 10))
    v128.store(at, i32x4.add(i32x4.add(v128.load(at - 256), low), i32x4.add(v128.load(at - 112), high)))
  }
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), d = v128.load(state, 48)
  let e = v128.load(state, 64), f = v128.load(state, 80), g = v128.load(state, 96), h = v128.load(state, 112)
  for (let round = 0; round < 64; round++) {
    const turned = v128.xor(v128.xor(turn(e, 6), turn(e, 11)), turn(e, 25))
    const given = i32x4.add(v128.load_splat<u32>(K + 4 * round), v128.load(w + 16 * round))
    const t = i32x4.add(i32x4.add(h, turned), i32x4.add(v128.bitselect(f, g, e), given))
    const most = v128.xor(v128.xor(v128.and(a, b), v128.and(a, c)), v128.and(b, c))
    const u = i32x4.add(v128.xor(v128.xor(turn(a, 2), turn(a, 13)), turn(a, 22)), most)
    h = g; g = f; f = e; e = i32x4.add(d, t); d = c; c = b; b = a; a = i32x4.add(t, u)
  }
  add(0, a); add(16, b); add(32, c); add(48, d); add(64, e); add(80, f); add(96, g); add(112, h)
}

/** Writes the digests of the four messages. */
function give(to: i32): void {
  for (let message = 0; message < 4; message++) {
    for (let n = 0; n < 8; n++) store<u32>(to + 32 * message + 4 * n, bswap(load<u32>(state + 16 * n + 4 * message)))
  }
}

// @ts-ignore: decorator
@inline function add(at: i32, x: v128): void { v128.store(state + at, i32x4.add(v128.load(state + at), x)) }

// @ts-ignore: decorator
@inline function turn(x: v128, by: i32): v128 { return v128.or(i32x4.shr_u(x, by), i32x4.shl(x, 32 - by)) }

// @ts-ignore: decorator
@inline function swapBytes(x: v128): v128 { return v128.shuffle<i8>(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12) }
