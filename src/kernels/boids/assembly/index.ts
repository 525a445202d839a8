// A flock on a torus in whole numbers, as in kernel.wgsl, four neighbours at a time. The input is the twelve words of `Flock` there;
// the number of boids is a multiple of four. A boid's position and velocity lie in four rows of numbers.
import { align, pair, place, reserve } from '../../kernel1/assembly/memory'
import { blend, mix32 } from '../../life/assembly/paint'

const SIDE: i32 = 64
const SIGHT: i32 = 262144
const CLOSE: i32 = 16384
const SLOWEST: i32 = 192
const FASTEST: i32 = 512

export function alloc(size: i32): i32 {
  return place(size)
}

export function run(input: i32, size: i32): i64 {
  const row = 4 * load<i32>(input, 8), steps = load<i32>(input, 12), bytes = 4 * SIDE * SIDE
  const output = align(input + size), trails = output + bytes
  let boids = trails + bytes, next = boids + 4 * row
  reserve(next + 4 * row)
  memory.fill(trails, 0, bytes)
  scatter(input, boids, row)
  for (let step = 1; step <= steps; step++) {
    for (let at = 0; at < row; at += 4) fly(input, boids + at, boids, next + at, row, trails, step)
    const last = boids
    boids = next
    next = last
  }
  for (let at = 0; at < bytes; at += 4) store<u32>(output + at, colourOf(input, load<u32>(trails + at)))
  return pair(output, bytes)
}

function scatter(input: i32, boids: i32, row: i32): void {
  const tile = load<u32>(input, 16) * 64 + load<u32>(input, 4) * 8 + load<u32>(input)
  for (let at = 0; at < row; at += 4) {
    const number = u32(at / 2) + 0x9e3779b9 * tile
    const place = mix32(number), way = mix32(number + 1)
    store<i32>(boids + at, place & 65535)
    store<i32>(boids + at + row, place >> 16)
    store<i32>(boids + at + 2 * row, i32(way & 511) - 256)
    store<i32>(boids + at + 3 * row, i32((way >> 16) & 511) - 256)
  }
}

/** Moves the boid at `own`; `row` is the bytes from one row of numbers to the next. */
function fly(input: i32, own: i32, boids: i32, to: i32, row: i32, trails: i32, step: i32): void {
  const none = i32x4.splat(0), sight = i32x4.splat(SIGHT), close = i32x4.splat(CLOSE)
  const x = v128.load_splat<u32>(own), y = v128.load_splat<u32>(own + row)
  let seen = none, middleX = none, middleY = none, courseX = none, courseY = none, crowdX = none, crowdY = none
  for (let other = boids; other < boids + row; other += 16) {
    const awayX = around(i32x4.sub(v128.load(other), x)), awayY = around(i32x4.sub(v128.load(other + row), y))
    const nearX = i32x4.shr_s(awayX, 4), nearY = i32x4.shr_s(awayY, 4)
    const distance = i32x4.add(i32x4.mul(nearX, nearX), i32x4.mul(nearY, nearY))
    const isSeen = i32x4.lt_s(distance, sight), isClose = i32x4.lt_s(distance, close)
    seen = i32x4.sub(seen, isSeen)
    middleX = i32x4.add(middleX, v128.and(awayX, isSeen))
    middleY = i32x4.add(middleY, v128.and(awayY, isSeen))
    courseX = i32x4.add(courseX, v128.and(v128.load(other + 2 * row), isSeen))
    courseY = i32x4.add(courseY, v128.and(v128.load(other + 3 * row), isSeen))
    crowdX = i32x4.add(crowdX, v128.and(awayX, isClose))
    crowdY = i32x4.add(crowdY, v128.and(awayY, isClose))
  }
  const count = total(seen)
  let vx = turned(input, load<i32>(own + 2 * row), total(middleX) / count, total(courseX) / count, total(crowdX))
  let vy = turned(input, load<i32>(own + 3 * row), total(middleY) / count, total(courseY) / count, total(crowdY))
  const speed = max(max(abs(vx), abs(vy)) + min(abs(vx), abs(vy)) / 2, 1)
  if (speed > FASTEST || speed < SLOWEST) {
    const wanted = speed > FASTEST ? FASTEST : SLOWEST
    vx = vx * wanted / speed
    vy = vy * wanted / speed
  }
  const atX = (load<i32>(own) + vx) & 65535, atY = (load<i32>(own + row) + vy) & 65535
  store<i32>(to, atX)
  store<i32>(to + row, atY)
  store<i32>(to + 2 * row, vx)
  store<i32>(to + 3 * row, vy)
  store<i32>(trails + 4 * (SIDE * (atY >> 10) + (atX >> 10)), step)
}

/** A velocity in one direction, after the three rules. */
function turned(input: i32, v: i32, middle: i32, course: i32, crowd: i32): i32 {
  const cohesion = load<i32>(input, 20), alignment = load<i32>(input, 24), separation = load<i32>(input, 28)
  return v + middle * cohesion / 4096 + (course - v) * alignment / 256 - crowd * separation / 4096
}

function colourOf(input: i32, last: u32): u32 {
  const steps = load<u32>(input, 12)
  const share = 256 * last / max<u32>(steps, 1)
  const faded = blend(load<u32>(input, 32), load<u32>(input, 36), (share * share) >> 8)
  return bswap((last > 0 && last == steps ? load<u32>(input, 40) : faded) << 8) | 0xff000000
}

// @ts-ignore: decorator
@inline function around(distance: v128): v128 {
  const half = i32x4.splat(32768)
  return i32x4.sub(v128.and(i32x4.add(distance, half), i32x4.splat(65535)), half)
}

// @ts-ignore: decorator
@inline function total(x: v128): i32 {
  return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3)
}
