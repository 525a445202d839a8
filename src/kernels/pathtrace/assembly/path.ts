// One light path from the camera: direct light from both softboxes at every point, then diffuse bounces; and once, a mirror image in the glaze.
import { real, word } from './layout'
import * as light from './light'
import { isBlocked } from './mesh'
import * as random from './random'
import * as surface from './surface'

/** The light that the path brings. */
export let red: f32 = 0
export let green: f32 = 0
export let blue: f32 = 0

/** What is left of the light along the path, and the ray's direction. */
let tr: f32 = 0
let tg: f32 = 0
let tb: f32 = 0
let dx: f32 = 0
let dy: f32 = 0
let dz: f32 = 0

/** The ray that the glaze mirrors, and its part of the light. */
let part: f32 = 0
let ox: f32 = 0
let oy: f32 = 0
let oz: f32 = 0
let mx: f32 = 0
let my: f32 = 0
let mz: f32 = 0

const INVERSE_PI: f32 = 0.31830987

/** Follows a path through a point of the picture, -1 to 1 both ways. */
export function trace(x: f32, y: f32): void {
  red = green = blue = 0
  tr = tg = tb = 1
  part = 0
  aim(real(25) + x * real(19) + y * real(22), real(26) + x * real(20) + y * real(23), real(27) + x * real(21) + y * real(24))
  const bounces = <i32>word(7)
  let kind = surface.meet(real(16), real(17), real(18), dx, dy, dz)
  for (let depth = 0; kind != surface.NOTHING && depth < bounces; depth++) {
    dissolve()
    if (depth == 0) glaze(kind == surface.MESH ? real(11) : real(63))
    addDirect(light.KEY, real(13))
    addDirect(light.RIM, real(14))
    bounce()
    kind = surface.meet(surface.px, surface.py, surface.pz, dx, dy, dz)
  }
  addLast(kind)
  if (part > 0) followGlaze()
}

/** Ends a path: with the sky, or at a surface with what the sky would give it, half of it hidden. */
function addLast(kind: i32): void {
  if (kind == surface.NOTHING) {
    light.sky(dy)
    add(1)
    return
  }
  dissolve()
  colour()
  light.sky(surface.ny)
  add(0.5)
}

/** Lets far ground become backdrop. */
function dissolve(): void {
  if (surface.fade == 0) return
  light.sky(0)
  add(surface.fade)
  const rest: f32 = 1 - surface.fade
  tr *= rest
  tg *= rest
  tb *= rest
}

/** Adds what a softbox throws on the point. */
function addDirect(box: i32, strength: f32): void {
  light.drawSoftbox(box)
  const cosine: f32 = surface.nx * light.lx + surface.ny * light.ly + surface.nz * light.lz
  if (cosine <= 0 || strength == 0) return
  if (isBlocked(surface.px, surface.py, surface.pz, light.lx, light.ly, light.lz)) return
  const share = strength * cosine * light.weight * INVERSE_PI
  red += share * tr * surface.red * real(box + 9)
  green += share * tg * surface.green * real(box + 10)
  blue += share * tb * surface.blue * real(box + 11)
}

/** Sends the ray on, more often along the normal than aside. */
function bounce(): void {
  colour()
  random.draw()
  random.toDisc()
  const nx = surface.nx, ny = surface.ny, nz = surface.nz
  const sign: f32 = nz < 0 ? -1 : 1
  const a: f32 = -1 / (sign + nz)
  const b = nx * ny * a
  const rest: f32 = 1 - random.x * random.x - random.y * random.y
  const z: f32 = sqrt<f32>(rest < 0 ? 0 : rest)
  dx = random.x * (1 + sign * nx * nx * a) + random.y * b + z * nx
  dy = random.x * (sign * b) + random.y * (sign + ny * ny * a) + z * ny
  dz = random.x * (-sign * nx) - random.y * ny + z * nz
}

/** Splits off the part of the light that the glaze mirrors: more at grazing angles, a little scattered. */
function glaze(strength: f32): void {
  random.draw()
  if (strength == 0) return
  const nx = surface.nx, ny = surface.ny, nz = surface.nz
  const cosine = max<f32>(-(dx * nx + dy * ny + dz * nz), 0)
  const c: f32 = 1 - cosine
  part = strength + (1 - strength) * (c * c) * (c * c) * c
  const spread = real(12)
  ox = surface.px
  oy = surface.py
  oz = surface.pz
  mx = dx + 2 * cosine * nx + spread * (random.a - 0.5)
  my = dy + 2 * cosine * ny + spread * (random.b - 0.5)
  mz = dz + 2 * cosine * nz + spread * (random.a + random.b - 1)
  const keep: f32 = 1 - part
  gr = tr * part
  gg = tg * part
  gb = tb * part
  tr *= keep
  tg *= keep
  tb *= keep
}

let gr: f32 = 0
let gg: f32 = 0
let gb: f32 = 0

/** Follows the mirrored ray to one surface, or to the studio itself. */
function followGlaze(): void {
  tr = gr
  tg = gg
  tb = gb
  aim(mx, my, mz)
  const kind = surface.meet(ox, oy, oz, dx, dy, dz)
  if (kind != surface.NOTHING) {
    addDirect(light.KEY, real(13))
    addLast(kind)
    return
  }
  light.sky(dy)
  light.addSoftbox(light.KEY, real(13), dx, dy, dz)
  light.addSoftbox(light.RIM, real(14), dx, dy, dz)
  add(1)
}

function aim(x: f32, y: f32, z: f32): void {
  const scale: f32 = 1 / sqrt(x * x + y * y + z * z)
  dx = x * scale
  dy = y * scale
  dz = z * scale
}

/** Takes the surface's colour from the light. */
@inline
function colour(): void {
  tr *= surface.red
  tg *= surface.green
  tb *= surface.blue
}

@inline
function add(share: f32): void {
  red += share * tr * light.red
  green += share * tg * light.green
  blue += share * tb * light.blue
}
