import type { Vector } from './vector.ts'
import { f } from './vector.ts'

/** Farther than any ray goes. */
export const FAR = 1e9
const SLACK = f(1.0000008)
const SMALL = f(1e-9)
const { max, min } = Math

/** Rays against the tree of boxes and the blocks of triangles, four of each tested in turn (layout: ../bvh.ts). */
export class MeshTracer {
  /** The closest hit: distance, barycentric coordinates, and the triangle; -1 for none. */
  t = FAR
  u = 0
  v = 0
  triangle = -1
  readonly #words: Int32Array
  readonly #reals: Float32Array
  readonly #nodes: number
  readonly #blocks: number
  readonly #children = new Int32Array(256)
  readonly #nears = new Float32Array(256)
  readonly #inverse = { x: 0, y: 0, z: 0 }

  constructor(words: Int32Array, reals: Float32Array, nodes: number) {
    this.#words = words
    this.#reals = reals
    this.#nodes = nodes
    this.#blocks = nodes + 32 * (words[nodes - 7] ?? 0)
  }

  /** Finds the closest hit, or with `isAny` some hit: the order of the search is the kernel's. */
  search(from: Vector, along: Vector, isAny: boolean): void {
    this.t = FAR
    this.triangle = -1
    this.#inverse.x = inverse(along.x)
    this.#inverse.y = inverse(along.y)
    this.#inverse.z = inverse(along.z)
    this.#children[0] = 0
    this.#nears[0] = 0
    let top = 1
    while (top > 0) {
      top -= 1
      if ((this.#nears[top] ?? 0) > this.t) continue
      const child = this.#children[top] ?? 0
      if (child >= 0) {
        top = this.#open(this.#nodes + 32 * child, from, top)
        continue
      }
      for (let lane = 0; lane < 4; lane += 1) this.#test(this.#blocks + 40 * ~child + lane, from, along)
      if (isAny && this.triangle >= 0) return
    }
  }

  /** Puts the children whose boxes the ray meets on the stack, the nearest on top. */
  #open(node: number, from: Vector, base: number): number {
    const children = this.#children
    const nears = this.#nears
    let top = base
    for (let place = node; place < node + 4; place += 1) {
      const near = this.#enter(place, from)
      if (near > this.t) continue
      let slot = top
      for (; slot > base && (nears[slot - 1] ?? 0) < near; slot -= 1) {
        nears[slot] = nears[slot - 1] ?? 0
        children[slot] = children[slot - 1] ?? 0
      }
      nears[slot] = near
      children[slot] = this.#words[place + 24] ?? 0
      top += 1
    }
    return top
  }

  /** How far away the ray enters a box; infinite when it does not, which is said as soon as one or two axes tell. */
  #enter(place: number, from: Vector): number {
    const reals = this.#reals
    const way = this.#inverse
    const ax = f(f((reals[place] ?? 0) - from.x) * way.x)
    const bx = f(f((reals[place + 12] ?? 0) - from.x) * way.x)
    let near = max(min(ax, bx), 0)
    let far = max(ax, bx)
    const ay = f(f((reals[place + 4] ?? 0) - from.y) * way.y)
    const by = f(f((reals[place + 16] ?? 0) - from.y) * way.y)
    near = max(near, min(ay, by))
    far = min(far, max(ay, by))
    if (near > f(far * SLACK)) return Number.POSITIVE_INFINITY
    const az = f(f((reals[place + 8] ?? 0) - from.z) * way.z)
    const bz = f(f((reals[place + 20] ?? 0) - from.z) * way.z)
    near = max(near, min(az, bz))
    far = min(far, max(az, bz))
    return near > f(far * SLACK) ? Number.POSITIVE_INFINITY : near
  }

  /** Tests one triangle; a closer hit becomes the hit. */
  #test(place: number, from: Vector, along: Vector): void {
    const reals = this.#reals
    const e1x = reals[place + 12] ?? 0
    const e1y = reals[place + 16] ?? 0
    const e1z = reals[place + 20] ?? 0
    const e2x = reals[place + 24] ?? 0
    const e2y = reals[place + 28] ?? 0
    const e2z = reals[place + 32] ?? 0
    const cx = f(f(along.y * e2z) - f(along.z * e2y))
    const cy = f(f(along.z * e2x) - f(along.x * e2z))
    const cz = f(f(along.x * e2y) - f(along.y * e2x))
    const scale = f(1 / f(f(f(e1x * cx) + f(e1y * cy)) + f(e1z * cz)))
    const sx = f(from.x - (reals[place] ?? 0))
    const sy = f(from.y - (reals[place + 4] ?? 0))
    const sz = f(from.z - (reals[place + 8] ?? 0))
    const u = f(f(f(f(sx * cx) + f(sy * cy)) + f(sz * cz)) * scale)
    if (!(u >= 0 && u <= 1)) return
    const rx = f(f(sy * e1z) - f(sz * e1y))
    const ry = f(f(sz * e1x) - f(sx * e1z))
    const rz = f(f(sx * e1y) - f(sy * e1x))
    const v = f(f(f(f(along.x * rx) + f(along.y * ry)) + f(along.z * rz)) * scale)
    const t = f(f(f(f(e2x * rx) + f(e2y * ry)) + f(e2z * rz)) * scale)
    if (!(v >= 0 && f(u + v) <= 1 && t > 0 && t < this.t)) return
    this.t = t
    this.u = u
    this.v = v
    this.triangle = this.#words[place + 36] ?? 0
  }
}

function inverse(component: number): number {
  return f(1 / (Math.abs(component) < SMALL ? SMALL : component))
}
