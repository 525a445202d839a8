import { FAR, MeshTracer } from './mesh.ts'
import { dot, f, smooth, Vector, vectorAt } from './vector.ts'

/** What a ray may meet. */
export type Kind = 'nothing' | 'ground' | 'mesh'

const HEADER = 8
const LIFT = f(2e-4)

/** What rays meet: the mesh, the ground plane at height 0, or nothing; and the point met. */
export class Surfaces {
  readonly point = new Vector()
  readonly normal = new Vector()
  readonly colour = new Vector()
  /** How far the ground has dissolved into the backdrop at the point. */
  fade = 0
  readonly #mesh: MeshTracer
  readonly #words: Int32Array
  readonly #reals: Float32Array
  readonly #meshColour: Vector
  readonly #groundColour: Vector
  readonly #corners = new Corners()
  readonly #triangles: number
  readonly #positions: number
  readonly #normals: number

  constructor(words: Int32Array, reals: Float32Array, mesh: number) {
    this.#words = words
    this.#reals = reals
    this.#meshColour = vectorAt(reals, 8)
    this.#groundColour = vectorAt(reals, 58)
    const nodes = mesh + HEADER
    this.#mesh = new MeshTracer(words, reals, nodes)
    this.#triangles = nodes + 32 * (words[mesh + 1] ?? 0) + 40 * (words[mesh + 2] ?? 0)
    this.#positions = this.#triangles + 3 * (words[mesh + 3] ?? 0)
    this.#normals = this.#positions + 3 * (words[mesh + 4] ?? 0)
  }

  /** Whether the mesh lies on a ray. */
  isBlocked(from: Vector, along: Vector): boolean {
    this.#mesh.search(from, along, true)
    return this.#mesh.triangle >= 0
  }

  /** Finds what a ray meets first. */
  meet(from: Vector, along: Vector): Kind {
    this.#mesh.search(from, along, false)
    const ground = along.y < f(-1e-6) ? f(-from.y / along.y) : FAR
    if (this.#mesh.triangle >= 0 && this.#mesh.t < ground) {
      this.#meetMesh(along)
      return 'mesh'
    }
    if (ground >= FAR) return 'nothing'
    return this.#meetGround(f(from.x + f(along.x * ground)), f(from.z + f(along.z * ground)))
  }

  #meetGround(x: number, z: number): Kind {
    const near = this.#reals[61] ?? 0
    const t = f(f(f(f(x * x) + f(z * z)) - near) / f((this.#reals[62] ?? 0) - near))
    if (t >= 1) return 'nothing'
    this.fade = t < 0 ? 0 : smooth(t)
    this.point.set(x, 1e-4, z)
    this.normal.set(0, 1, 0)
    this.colour.copy(this.#groundColour)
    return 'ground'
  }

  #meetMesh(along: Vector): void {
    const { normal } = this
    this.#corners.set(this.#words, this.#triangles + 3 * this.#mesh.triangle)
    this.#blend(normal, this.#normals)
    const side = this.#facing(along)
    normal.scale(f(side / f(Math.sqrt(dot(normal, normal)))))
    this.#blend(this.point, this.#positions)
    this.#lift(side)
    this.fade = 0
    this.colour.copy(this.#meshColour)
  }

  /** Which side of the flat triangle the ray comes from: 1 for the front. */
  #facing(along: Vector): number {
    const reals = this.#reals
    const i = this.#positions + this.#corners.i
    const j = this.#positions + this.#corners.j
    const k = this.#positions + this.#corners.k
    const ax = f((reals[j] ?? 0) - (reals[i] ?? 0))
    const ay = f((reals[j + 1] ?? 0) - (reals[i + 1] ?? 0))
    const az = f((reals[j + 2] ?? 0) - (reals[i + 2] ?? 0))
    const bx = f((reals[k] ?? 0) - (reals[i] ?? 0))
    const by = f((reals[k + 1] ?? 0) - (reals[i + 1] ?? 0))
    const bz = f((reals[k + 2] ?? 0) - (reals[i + 2] ?? 0))
    const x = f(f(f(ay * bz) - f(az * by)) * along.x)
    const y = f(f(f(az * bx) - f(ax * bz)) * along.y)
    const z = f(f(f(ax * by) - f(ay * bx)) * along.z)
    return f(f(x + y) + z) > 0 ? -1 : 1
  }

  /** Mixes the corners' entries of a table by the weights of the hit. */
  #blend(to: Vector, table: number): void {
    const reals = this.#reals
    const { u, v } = this.#mesh
    const w = f(f(1 - u) - v)
    const i = table + this.#corners.i
    const j = table + this.#corners.j
    const k = table + this.#corners.k
    to.set(
      f(f(w * (reals[i] ?? 0)) + f(u * (reals[j] ?? 0))) + f(v * (reals[k] ?? 0)),
      f(f(w * (reals[i + 1] ?? 0)) + f(u * (reals[j + 1] ?? 0))) + f(v * (reals[k + 1] ?? 0)),
      f(f(w * (reals[i + 2] ?? 0)) + f(u * (reals[j + 2] ?? 0))) + f(v * (reals[k + 2] ?? 0)),
    )
  }

  /** Lifts the point to the smooth surface through the corners' tangent planes, and a little above. */
  #lift(side: number): void {
    const { point, normal } = this
    const { u, v } = this.#mesh
    const { i, j, k } = this.#corners
    const a = f(f(f(1 - u) - v) * this.#depth(i, side))
    const b = f(u * this.#depth(j, side))
    const c = f(v * this.#depth(k, side))
    const reals = this.#reals
    const n = this.#normals
    const x = f(f(a * (reals[n + i] ?? 0)) + f(b * (reals[n + j] ?? 0)))
    const y = f(f(a * (reals[n + i + 1] ?? 0)) + f(b * (reals[n + j + 1] ?? 0)))
    const z = f(f(a * (reals[n + i + 2] ?? 0)) + f(b * (reals[n + j + 2] ?? 0)))
    point.set(
      point.x + f(f(x + f(c * (reals[n + k] ?? 0))) + f(LIFT * normal.x)),
      point.y + f(f(y + f(c * (reals[n + k + 1] ?? 0))) + f(LIFT * normal.y)),
      point.z + f(f(z + f(c * (reals[n + k + 2] ?? 0))) + f(LIFT * normal.z)),
    )
  }

  /** How far the point lies below a corner's tangent plane. */
  #depth(corner: number, side: number): number {
    const { point } = this
    const reals = this.#reals
    const n = this.#normals + corner
    const p = this.#positions + corner
    const x = f(f(point.x - (reals[p] ?? 0)) * (reals[n] ?? 0))
    const y = f(f(point.y - (reals[p + 1] ?? 0)) * (reals[n + 1] ?? 0))
    const z = f(f(point.z - (reals[p + 2] ?? 0)) * (reals[n + 2] ?? 0))
    const depth = f(f(x + y) + z)
    return depth * side < 0 ? -depth : 0
  }
}

/** Where the three corners of the triangle that was hit lie in a table of triples. */
class Corners {
  i = 0
  j = 0
  k = 0

  set(words: Int32Array, place: number): void {
    this.i = 3 * (words[place] ?? 0)
    this.j = 3 * (words[place + 1] ?? 0)
    this.k = 3 * (words[place + 2] ?? 0)
  }
}
