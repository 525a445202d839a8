// Rays against the mesh: a tree of boxes four children wide, and triangles in blocks of four, both tested four at a time.
import { blocks, nodes } from './layout'

/** The closest hit: distance, barycentric coordinates, and the triangle; -1 for none. */
export let hitT: f32 = 0
export let hitU: f32 = 0
export let hitV: f32 = 0
export let hitTriangle: i32 = -1

export const FAR: f32 = 1e9
const SLACK: f32 = 1.0000008
const stack = memory.data(2048, 16)
const lanes = memory.data(48, 16)

/** Finds the closest hit of a ray closer than `FAR`. */
export function intersect(ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32): void {
  hitT = FAR
  hitTriangle = -1
  const ix = f32x4.splat(inverse(dx)), iy = f32x4.splat(inverse(dy)), iz = f32x4.splat(inverse(dz))
  const px = f32x4.splat(ox), py = f32x4.splat(oy), pz = f32x4.splat(oz)
  const qx = f32x4.splat(dx), qy = f32x4.splat(dy), qz = f32x4.splat(dz)
  store<i32>(stack, 0)
  store<f32>(stack, 0, 4)
  let top: i32 = 8
  while (top > 0) {
    top -= 8
    if (load<f32>(stack + top, 4) > hitT) continue
    const child = load<i32>(stack + top)
    if (child < 0) {
      testBlock(blocks + ~child * 160, px, py, pz, qx, qy, qz)
      continue
    }
    const node = nodes + child * 128
    let mask = boxes(node, px, py, pz, ix, iy, iz, hitT)
    const base = top
    while (mask != 0) {
      const lane = ctz(mask) << 2
      mask &= mask - 1
      const near = load<f32>(lanes + lane)
      let place = top
      while (place > base && load<f32>(stack + place - 8, 4) < near) {
        store<i64>(stack + place, load<i64>(stack + place - 8))
        place -= 8
      }
      store<i32>(stack + place, load<i32>(node + lane, 96))
      store<f32>(stack + place, near, 4)
      top += 8
    }
  }
}

/** Whether anything lies on a ray. */
export function isBlocked(ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32): bool {
  hitT = FAR
  hitTriangle = -1
  const ix = f32x4.splat(inverse(dx)), iy = f32x4.splat(inverse(dy)), iz = f32x4.splat(inverse(dz))
  const px = f32x4.splat(ox), py = f32x4.splat(oy), pz = f32x4.splat(oz)
  const qx = f32x4.splat(dx), qy = f32x4.splat(dy), qz = f32x4.splat(dz)
  store<i32>(stack, 0)
  let top: i32 = 4
  while (top > 0) {
    top -= 4
    const child = load<i32>(stack + top)
    if (child < 0) {
      testBlock(blocks + ~child * 160, px, py, pz, qx, qy, qz)
      if (hitTriangle >= 0) return true
      continue
    }
    const node = nodes + child * 128
    let mask = boxes(node, px, py, pz, ix, iy, iz, FAR)
    while (mask != 0) {
      store<i32>(stack + top, load<i32>(node + (ctz(mask) << 2), 96))
      mask &= mask - 1
      top += 4
    }
  }
  return false
}

/** One over a direction's component, kept finite. */
@inline
function inverse(component: f32): f32 {
  return 1 / (abs(component) < 1e-9 ? 1e-9 : component)
}

/** The children whose boxes a ray meets before `limit`, as bits; their near distances go to `lanes`. */
@inline
function boxes(node: i32, px: v128, py: v128, pz: v128, ix: v128, iy: v128, iz: v128, limit: f32): i32 {
  const ax = f32x4.mul(f32x4.sub(v128.load(node), px), ix)
  const ay = f32x4.mul(f32x4.sub(v128.load(node, 16), py), iy)
  const az = f32x4.mul(f32x4.sub(v128.load(node, 32), pz), iz)
  const bx = f32x4.mul(f32x4.sub(v128.load(node, 48), px), ix)
  const by = f32x4.mul(f32x4.sub(v128.load(node, 64), py), iy)
  const bz = f32x4.mul(f32x4.sub(v128.load(node, 80), pz), iz)
  const nearXY = f32x4.pmax(f32x4.pmin(ax, bx), f32x4.pmin(ay, by))
  const near = f32x4.pmax(f32x4.pmax(nearXY, f32x4.pmin(az, bz)), f32x4.splat(0))
  const farXY = f32x4.pmin(f32x4.pmax(ax, bx), f32x4.pmax(ay, by))
  const far = f32x4.mul(f32x4.pmin(farXY, f32x4.pmax(az, bz)), f32x4.splat(SLACK))
  v128.store(lanes, near)
  return i32x4.bitmask(f32x4.le(near, f32x4.pmin(far, f32x4.splat(limit))))
}

/** Tests a block of four triangles; a closer hit becomes the hit. */
function testBlock(block: i32, px: v128, py: v128, pz: v128, qx: v128, qy: v128, qz: v128): void {
  const e1x = v128.load(block, 48), e1y = v128.load(block, 64), e1z = v128.load(block, 80)
  const e2x = v128.load(block, 96), e2y = v128.load(block, 112), e2z = v128.load(block, 128)
  const cx = f32x4.sub(f32x4.mul(qy, e2z), f32x4.mul(qz, e2y))
  const cy = f32x4.sub(f32x4.mul(qz, e2x), f32x4.mul(qx, e2z))
  const cz = f32x4.sub(f32x4.mul(qx, e2y), f32x4.mul(qy, e2x))
  const inv = f32x4.div(f32x4.splat(1), dot(e1x, e1y, e1z, cx, cy, cz))
  const sx = f32x4.sub(px, v128.load(block))
  const sy = f32x4.sub(py, v128.load(block, 16))
  const sz = f32x4.sub(pz, v128.load(block, 32))
  const u = f32x4.mul(dot(sx, sy, sz, cx, cy, cz), inv)
  const rx = f32x4.sub(f32x4.mul(sy, e1z), f32x4.mul(sz, e1y))
  const ry = f32x4.sub(f32x4.mul(sz, e1x), f32x4.mul(sx, e1z))
  const rz = f32x4.sub(f32x4.mul(sx, e1y), f32x4.mul(sy, e1x))
  const v = f32x4.mul(dot(qx, qy, qz, rx, ry, rz), inv)
  const t = f32x4.mul(dot(e2x, e2y, e2z, rx, ry, rz), inv)
  const zero = f32x4.splat(0)
  const inside = v128.and(
    v128.and(f32x4.ge(u, zero), f32x4.ge(v, zero)),
    f32x4.le(f32x4.add(u, v), f32x4.splat(1)),
  )
  const ahead = v128.and(f32x4.gt(t, zero), f32x4.lt(t, f32x4.splat(hitT)))
  let mask = i32x4.bitmask(v128.and(inside, ahead))
  if (mask == 0) return
  v128.store(lanes, t)
  v128.store(lanes, u, 16)
  v128.store(lanes, v, 32)
  while (mask != 0) {
    const lane = ctz(mask) << 2
    mask &= mask - 1
    if (load<f32>(lanes + lane) < hitT) {
      hitT = load<f32>(lanes + lane)
      hitU = load<f32>(lanes + lane, 16)
      hitV = load<f32>(lanes + lane, 32)
      hitTriangle = load<i32>(block + lane, 144)
    }
  }
}

@inline
function dot(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(ax, bx), f32x4.mul(ay, by)), f32x4.mul(az, bz))
}
