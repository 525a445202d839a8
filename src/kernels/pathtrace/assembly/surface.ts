// What a ray meets: the mesh, the ground plane at height 0, or nothing.
import { normals, positions, real, triangles } from './layout'
import { FAR, hitT, hitTriangle, hitU, hitV, intersect } from './mesh'

export const NOTHING: i32 = 0
export const GROUND: i32 = 1
export const MESH: i32 = 2

/** The point met, its normal, and its colour. */
export let px: f32 = 0
export let py: f32 = 0
export let pz: f32 = 0
export let nx: f32 = 0
export let ny: f32 = 0
export let nz: f32 = 0
export let red: f32 = 0
export let green: f32 = 0
export let blue: f32 = 0
/** How far the ground has dissolved into the backdrop at the point met. */
export let fade: f32 = 0

/** Finds what a ray meets first. */
export function meet(ox: f32, oy: f32, oz: f32, dx: f32, dy: f32, dz: f32): i32 {
  intersect(ox, oy, oz, dx, dy, dz)
  const ground: f32 = dy < -1e-6 ? -oy / dy : FAR
  if (hitTriangle >= 0 && hitT < ground) {
    meetMesh(dx, dy, dz)
    return MESH
  }
  return ground < FAR && meetGround(ox + dx * ground, oz + dz * ground) ? GROUND : NOTHING
}

function meetGround(x: f32, z: f32): bool {
  const near = real(61)
  const t = (x * x + z * z - near) / (real(62) - near)
  if (t >= 1) return false
  fade = t < 0 ? 0 : t * t * (3 - 2 * t)
  px = x
  py = 1e-4
  pz = z
  nx = 0
  ny = 1
  nz = 0
  red = real(58)
  green = real(59)
  blue = real(60)
  return true
}

function meetMesh(dx: f32, dy: f32, dz: f32): void {
  const corners = triangles + 12 * hitTriangle
  const i = 12 * load<i32>(corners), j = 12 * load<i32>(corners, 4), k = 12 * load<i32>(corners, 8)
  const w: f32 = 1 - hitU - hitV
  const x: f32 = blend(normals + i, normals + j, normals + k, w)
  const y: f32 = blend(normals + i + 4, normals + j + 4, normals + k + 4, w)
  const z: f32 = blend(normals + i + 8, normals + j + 8, normals + k + 8, w)
  const side = facing(positions + i, positions + j, positions + k, dx, dy, dz)
  const scale: f32 = side / sqrt(x * x + y * y + z * z)
  nx = x * scale
  ny = y * scale
  nz = z * scale
  px = blend(positions + i, positions + j, positions + k, w)
  py = blend(positions + i + 4, positions + j + 4, positions + k + 4, w)
  pz = blend(positions + i + 8, positions + j + 8, positions + k + 8, w)
  lift(i, j, k, w, side)
  fade = 0
  red = real(8)
  green = real(9)
  blue = real(10)
}

/** Which side of the flat triangle the ray comes from: 1 for the front. */
function facing(i: i32, j: i32, k: i32, dx: f32, dy: f32, dz: f32): f32 {
  const ax = load<f32>(j) - load<f32>(i), ay = load<f32>(j, 4) - load<f32>(i, 4), az = load<f32>(j, 8) - load<f32>(i, 8)
  const bx = load<f32>(k) - load<f32>(i), by = load<f32>(k, 4) - load<f32>(i, 4), bz = load<f32>(k, 8) - load<f32>(i, 8)
  return (ay * bz - az * by) * dx + (az * bx - ax * bz) * dy + (ax * by - ay * bx) * dz > 0 ? -1 : 1
}

/** Lifts the point to the smooth surface through the corners' tangent planes: a coarse mesh casts no jagged shadow on itself. */
function lift(i: i32, j: i32, k: i32, w: f32, side: f32): void {
  const a: f32 = w * depth(i, side), b = hitU * depth(j, side), c = hitV * depth(k, side)
  const n = normals
  px += a * load<f32>(n + i) + b * load<f32>(n + j) + c * load<f32>(n + k) + 2e-4 * nx
  py += a * load<f32>(n + i, 4) + b * load<f32>(n + j, 4) + c * load<f32>(n + k, 4) + 2e-4 * ny
  pz += a * load<f32>(n + i, 8) + b * load<f32>(n + j, 8) + c * load<f32>(n + k, 8) + 2e-4 * nz
}

/** How far the point lies below a corner's tangent plane, as a multiple of the corner's normal. */
function depth(corner: i32, side: f32): f32 {
  const n = normals + corner, p = positions + corner
  const d =
    (px - load<f32>(p)) * load<f32>(n) + (py - load<f32>(p, 4)) * load<f32>(n, 4) + (pz - load<f32>(p, 8)) * load<f32>(n, 8)
  return d * side < 0 ? -d : 0
}

@inline
function blend(i: i32, j: i32, k: i32, w: f32): f32 {
  return w * load<f32>(i) + hitU * load<f32>(j) + hitV * load<f32>(k)
}
