import type { Random } from './random.ts'
import { dot, f, mix, smooth, Vector, vectorAt } from './vector.ts'

/** The sky's colour in a direction of height `y` goes to `colour`. */
export function setSky(colour: Vector, reals: Float32Array, y: number): void {
  const up = Math.max(y, 0)
  const t = f(up * up)
  const strength = reals[15] ?? 0
  colour.set(
    strength * mix(reals[55] ?? 0, reals[52] ?? 0, t),
    strength * mix(reals[56] ?? 0, reals[53] ?? 0, t),
    strength * mix(reals[57] ?? 0, reals[54] ?? 0, t),
  )
}

/** A rectangle of light so far away that only its direction counts. */
export class Softbox {
  readonly colour: Vector
  readonly strength: number
  /** The direction last drawn, and its solid angle per sample. */
  readonly towards = new Vector()
  weight = 0
  readonly #middle: Vector
  readonly #wide: Vector
  readonly #high: Vector
  readonly #wideSquare: number
  readonly #highSquare: number

  constructor(reals: Float32Array, place: number, strength: number) {
    this.strength = strength
    this.#middle = vectorAt(reals, place)
    this.#wide = vectorAt(reals, place + 3)
    this.#high = vectorAt(reals, place + 6)
    this.colour = vectorAt(reals, place + 9)
    this.#wideSquare = dot(this.#wide, this.#wide)
    this.#highSquare = dot(this.#high, this.#high)
  }

  /** Draws a direction to the light. */
  draw(random: Random): void {
    random.draw()
    const m = this.#middle
    const w = this.#wide
    const h = this.#high
    const u = f(f(2 * random.a) - 1)
    const v = f(f(2 * random.b) - 1)
    this.towards.set(
      f(m.x + f(u * w.x)) + f(v * h.x),
      f(m.y + f(u * w.y)) + f(v * h.y),
      f(m.z + f(u * w.z)) + f(v * h.z),
    )
    const square = dot(this.towards, this.towards)
    const scale = f(1 / f(Math.sqrt(square)))
    this.towards.scale(scale)
    this.weight = f(f(f(4 * f(Math.sqrt(f(this.#wideSquare * this.#highSquare)))) * scale) / square)
  }

  /** Adds to `colour` what is seen of the light in a direction: all inside, nothing outside, smooth between. */
  addTo(colour: Vector, direction: Vector): void {
    const ahead = dot(this.#middle, direction)
    if (ahead <= 0) return
    const u = edge(f(dot(this.#wide, direction) / f(ahead * this.#wideSquare)))
    const v = edge(f(dot(this.#high, direction) / f(ahead * this.#highSquare)))
    const seen = f(this.strength * f(u * v))
    colour.set(
      colour.x + f(seen * this.colour.x),
      colour.y + f(seen * this.colour.y),
      colour.z + f(seen * this.colour.z),
    )
  }
}

function edge(x: number): number {
  const t = f(f(f(1.08) - Math.abs(x)) * 6)
  return t < 0 ? 0 : t > 1 ? 1 : smooth(t)
}
