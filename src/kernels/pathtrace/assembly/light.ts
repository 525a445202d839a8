// The studio: a gradient sky and two softboxes, rectangles so far away that only their direction counts.
import { real } from './layout'
import * as random from './random'

export const KEY: i32 = 28
export const RIM: i32 = 40
const ZENITH: i32 = 52
const HORIZON: i32 = 55

/** The colour last asked for, and the direction last drawn with its weight. */
export let red: f32 = 0
export let green: f32 = 0
export let blue: f32 = 0
export let lx: f32 = 0
export let ly: f32 = 0
export let lz: f32 = 0
export let weight: f32 = 0

/** The sky in a direction of height `y`. */
export function sky(y: f32): void {
  const up: f32 = y < 0 ? 0 : y
  const t = up * up
  const strength = real(15)
  red = strength * mix(real(HORIZON), real(ZENITH), t)
  green = strength * mix(real(HORIZON + 1), real(ZENITH + 1), t)
  blue = strength * mix(real(HORIZON + 2), real(ZENITH + 2), t)
}

/** Adds to the colour a softbox that is seen in a direction. */
export function addSoftbox(light: i32, strength: f32, x: f32, y: f32, z: f32): void {
  const ahead = along(light, x, y, z)
  if (ahead <= 0) return
  const u: f32 = edge(along(light + 3, x, y, z) / (ahead * along(light + 3, real(light + 3), real(light + 4), real(light + 5))))
  const v: f32 = edge(along(light + 6, x, y, z) / (ahead * along(light + 6, real(light + 6), real(light + 7), real(light + 8))))
  const seen: f32 = strength * (u * v)
  red += seen * real(light + 9)
  green += seen * real(light + 10)
  blue += seen * real(light + 11)
}

/** Draws a direction to a softbox; `weight` is its solid angle per sample. */
export function drawSoftbox(light: i32): void {
  random.draw()
  const u: f32 = 2 * random.a - 1
  const v: f32 = 2 * random.b - 1
  const x: f32 = real(light) + u * real(light + 3) + v * real(light + 6)
  const y: f32 = real(light + 1) + u * real(light + 4) + v * real(light + 7)
  const z: f32 = real(light + 2) + u * real(light + 5) + v * real(light + 8)
  const square: f32 = x * x + y * y + z * z
  const scale: f32 = 1 / sqrt(square)
  const uu = along(light + 3, real(light + 3), real(light + 4), real(light + 5))
  const vv = along(light + 6, real(light + 6), real(light + 7), real(light + 8))
  lx = x * scale
  ly = y * scale
  lz = z * scale
  weight = 4 * sqrt(uu * vv) * scale / square
}

/** Smooths the border of a softbox: 1 inside, 0 outside. */
function edge(x: f32): f32 {
  const t: f32 = (1.08 - abs(x)) * 6
  const c = min<f32>(max<f32>(t, 0), 1)
  return c * c * (3 - 2 * c)
}

@inline
function along(place: i32, x: f32, y: f32, z: f32): f32 {
  return real(place) * x + real(place + 1) * y + real(place + 2) * z
}

@inline
export function mix(from: f32, to: f32, t: f32): f32 {
  return from + (to - from) * t
}
