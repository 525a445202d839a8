/** Rounds to f32: with it on every step, plain numbers compute what f32 registers do. */
export const f = Math.fround

/** Three f32 that are written over and over, because a path tracer has no time to make new ones. */
export class Vector {
  x = 0
  y = 0
  z = 0

  set(x: number, y: number, z: number): void {
    this.x = f(x)
    this.y = f(y)
    this.z = f(z)
  }

  copy(from: Vector): void {
    this.x = from.x
    this.y = from.y
    this.z = from.z
  }

  /** Keeps the direction and makes the length 1. */
  normalise(): void {
    this.scale(f(1 / f(Math.sqrt(dot(this, this)))))
  }

  scale(by: number): void {
    this.set(this.x * by, this.y * by, this.z * by)
  }

  /** Multiplies component by component, as a surface's colour does with light. */
  tint(by: Vector): void {
    this.set(this.x * by.x, this.y * by.y, this.z * by.z)
  }
}

/** The sum of products, added from x to z. */
export function dot(a: Vector, b: Vector): number {
  return f(f(f(a.x * b.x) + f(a.y * b.y)) + f(a.z * b.z))
}

/** A point between two numbers. */
export function mix(from: number, to: number, part: number): number {
  return f(from + f(f(to - from) * part))
}

/** Rises smoothly from 0 to 1. */
export function smooth(t: number): number {
  return f(f(t * t) * f(3 - f(2 * t)))
}

/** Three reals of the input. */
export function vectorAt(reals: Float32Array, place: number): Vector {
  const vector = new Vector()
  vector.set(reals[place] ?? 0, reals[place + 1] ?? 0, reals[place + 2] ?? 0)
  return vector
}
