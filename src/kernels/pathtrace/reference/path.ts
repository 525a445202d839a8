import { Random } from './random.ts'
import { Softbox, setSky } from './studio.ts'
import type { Kind } from './surface.ts'
import { Surfaces } from './surface.ts'
import { dot, f, Vector, vectorAt } from './vector.ts'

const MESH = 64
const INVERSE_PI = f(0.31830987)

/** Light paths from the camera: direct light at every point, then diffuse bounces; and once, a mirror image in the glaze. */
export class Paths {
  /** The light that the last path brought. */
  readonly light = new Vector()
  readonly random = new Random()
  readonly #reals: Float32Array
  readonly #surfaces: Surfaces
  readonly #key: Softbox
  readonly #rim: Softbox
  readonly #eye: Vector
  readonly #camera: { readonly right: Vector; readonly up: Vector; readonly forward: Vector }
  readonly #bounces: number
  /** What is left of the light along the path, and the ray's direction. */
  readonly #rest = new Vector()
  readonly #along = new Vector()
  readonly #sky = new Vector()
  /** The ray that the glaze mirrors, its part of the light. */
  readonly #mirrorFrom = new Vector()
  readonly #mirrorAlong = new Vector()
  readonly #mirrorRest = new Vector()
  #part = 0

  constructor(words: Int32Array, reals: Float32Array) {
    this.#reals = reals
    this.#surfaces = new Surfaces(words, reals, MESH)
    this.#key = new Softbox(reals, 28, reals[13] ?? 0)
    this.#rim = new Softbox(reals, 40, reals[14] ?? 0)
    this.#eye = vectorAt(reals, 16)
    this.#camera = { right: vectorAt(reals, 19), up: vectorAt(reals, 22), forward: vectorAt(reals, 25) }
    this.#bounces = words[7] ?? 0
  }

  /** Follows a path through a point of the picture, -1 to 1 both ways. */
  trace(x: number, y: number): void {
    const reals = this.#reals
    const surfaces = this.#surfaces
    this.light.set(0, 0, 0)
    this.#rest.set(1, 1, 1)
    this.#part = 0
    this.#aim(x, y)
    let kind = surfaces.meet(this.#eye, this.#along)
    for (let depth = 0; kind !== 'nothing' && depth < this.#bounces; depth += 1) {
      this.#dissolve()
      if (depth === 0) this.#glaze(reals[kind === 'mesh' ? 11 : 63] ?? 0)
      this.#addDirect(this.#key)
      this.#addDirect(this.#rim)
      this.#bounce()
      kind = surfaces.meet(surfaces.point, this.#along)
    }
    this.#addLast(kind)
    if (this.#part > 0) this.#followGlaze()
  }

  #aim(x: number, y: number): void {
    const { right, up, forward } = this.#camera
    this.#along.set(
      f(forward.x + f(x * right.x)) + f(y * up.x),
      f(forward.y + f(x * right.y)) + f(y * up.y),
      f(forward.z + f(x * right.z)) + f(y * up.z),
    )
    this.#along.normalise()
  }

  /** Ends a path: with the sky, or at a surface with what the sky would give it, half of it hidden. */
  #addLast(kind: Kind): void {
    if (kind === 'nothing') {
      setSky(this.#sky, this.#reals, this.#along.y)
      this.#add(1)
      return
    }
    this.#dissolve()
    this.#rest.tint(this.#surfaces.colour)
    setSky(this.#sky, this.#reals, this.#surfaces.normal.y)
    this.#add(0.5)
  }

  /** Lets far ground become backdrop. */
  #dissolve(): void {
    const { fade } = this.#surfaces
    if (fade === 0) return
    setSky(this.#sky, this.#reals, 0)
    this.#add(fade)
    this.#rest.scale(f(1 - fade))
  }

  /** Adds what a softbox throws on the point. */
  #addDirect(box: Softbox): void {
    box.draw(this.random)
    const { point, normal, colour } = this.#surfaces
    const cosine = dot(normal, box.towards)
    if (cosine <= 0 || box.strength === 0 || this.#surfaces.isBlocked(point, box.towards)) return
    const share = f(f(f(box.strength * cosine) * box.weight) * INVERSE_PI)
    const { light } = this
    const rest = this.#rest
    light.set(
      light.x + f(f(f(share * rest.x) * colour.x) * box.colour.x),
      light.y + f(f(f(share * rest.y) * colour.y) * box.colour.y),
      light.z + f(f(f(share * rest.z) * colour.z) * box.colour.z),
    )
  }

  /** Sends the ray on, more often along the normal than aside. */
  #bounce(): void {
    this.#rest.tint(this.#surfaces.colour)
    const { random } = this
    random.draw()
    random.toDisc()
    const { x, y } = random
    const { x: nx, y: ny, z: nz } = this.#surfaces.normal
    const sign = nz < 0 ? -1 : 1
    const a = f(-1 / f(sign + nz))
    const b = f(f(nx * ny) * a)
    const left = f(f(1 - f(x * x)) - f(y * y))
    const z = f(Math.sqrt(Math.max(left, 0)))
    this.#along.set(
      f(f(x * f(1 + f(f(f(sign * nx) * nx) * a))) + f(y * b)) + f(z * nx),
      f(f(x * f(sign * b)) + f(y * f(sign + f(f(ny * ny) * a)))) + f(z * ny),
      f(f(x * f(-sign * nx)) - f(y * ny)) + f(z * nz),
    )
  }

  /** Splits off the part of the light that the glaze mirrors: more at grazing angles, a little scattered. */
  #glaze(strength: number): void {
    const { random } = this
    random.draw()
    if (strength === 0) return
    const along = this.#along
    const { normal, point } = this.#surfaces
    const cosine = Math.max(-dot(along, normal), 0)
    const c = f(1 - cosine)
    const square = f(c * c)
    this.#part = f(strength + f(f(f(f(1 - strength) * square) * square) * c))
    const spread = this.#reals[12] ?? 0
    const twice = f(2 * cosine)
    this.#mirrorFrom.copy(point)
    this.#mirrorAlong.set(
      f(along.x + f(twice * normal.x)) + f(spread * f(random.a - 0.5)),
      f(along.y + f(twice * normal.y)) + f(spread * f(random.b - 0.5)),
      f(along.z + f(twice * normal.z)) + f(spread * f(f(random.a + random.b) - 1)),
    )
    this.#mirrorRest.copy(this.#rest)
    this.#mirrorRest.scale(this.#part)
    this.#rest.scale(f(1 - this.#part))
  }

  /** Follows the mirrored ray to one surface, or to the studio itself. */
  #followGlaze(): void {
    const along = this.#along
    this.#rest.copy(this.#mirrorRest)
    along.copy(this.#mirrorAlong)
    along.normalise()
    const kind = this.#surfaces.meet(this.#mirrorFrom, along)
    if (kind !== 'nothing') {
      this.#addDirect(this.#key)
      this.#addLast(kind)
      return
    }
    setSky(this.#sky, this.#reals, along.y)
    this.#key.addTo(this.#sky, along)
    this.#rim.addTo(this.#sky, along)
    this.#add(1)
  }

  #add(share: number): void {
    const { light } = this
    const rest = this.#rest
    const sky = this.#sky
    light.set(
      light.x + f(f(share * rest.x) * sky.x),
      light.y + f(f(share * rest.y) * sky.y),
      light.z + f(f(share * rest.z) * sky.z),
    )
  }
}
