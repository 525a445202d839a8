import { mix32, pixelBetween } from '../standard/colour.ts'
import { bytesOf, wordsOf } from '../standard/numbers.ts'

type Boid = { readonly x: number; readonly y: number; readonly vx: number; readonly vy: number }
type Rules = Readonly<Record<'cohesion' | 'alignment' | 'separation', number>>

const SIDE = 64
const [SIGHT, CLOSE] = [262_144, 16_384]
const [SLOWEST, FASTEST] = [192, 512]

/** The kernel in plain TypeScript: a flock flies, and its trails are painted. */
export function paintBoids(input: Uint8Array): Uint8Array<ArrayBuffer> {
  const [column = 0, row = 0, count = 0, steps = 0, seed = 0, cohesion = 0, alignment = 0, separation = 0] =
    wordsOf(input)
  const [ground = 0, trail = 0, colour = 0] = wordsOf(input.subarray(32))
  let boids = scatter(count, seed * 64 + row * 8 + column)
  const trails = new Uint32Array(SIDE * SIDE)
  for (let step = 1; step <= steps; step += 1) {
    boids = boids.map((boid) => fly(boid, boids, { cohesion, alignment, separation }))
    for (const { x, y } of boids) trails[SIDE * (y >> 10) + (x >> 10)] = step
  }
  return bytesOf(
    trails.map((last) => {
      if (last > 0 && last === steps) return pixelBetween(colour, colour, 0)
      const share = Math.trunc((256 * last) / Math.max(steps, 1))
      return pixelBetween(ground, trail, (share * share) >> 8)
    }),
  )
}

function scatter(count: number, tile: number): Boid[] {
  return Array.from({ length: count }, (_, index) => {
    const number = (2 * index + Math.imul(0x9e3779b9, tile)) | 0
    const [place, way] = [mix32(number), mix32((number + 1) | 0)]
    return { x: place & 65535, y: place >>> 16, vx: (way & 511) - 256, vy: ((way >>> 16) & 511) - 256 }
  })
}

function fly(boid: Boid, boids: readonly Boid[], { cohesion, alignment, separation }: Rules): Boid {
  let [seen, middleX, middleY, courseX, courseY, crowdX, crowdY] = [0, 0, 0, 0, 0, 0, 0]
  for (const other of boids) {
    const [awayX, awayY] = [around(other.x - boid.x), around(other.y - boid.y)]
    const distance = (awayX >> 4) ** 2 + (awayY >> 4) ** 2
    if (distance < SIGHT) {
      seen += 1
      middleX += awayX
      middleY += awayY
      courseX += other.vx
      courseY += other.vy
    }
    if (distance < CLOSE) {
      crowdX += awayX
      crowdY += awayY
    }
  }
  const turned = (v: number, [middle, course, crowd]: readonly [number, number, number]): number =>
    v +
    Math.trunc((Math.trunc(middle / seen) * cohesion) / 4096) +
    Math.trunc(((Math.trunc(course / seen) - v) * alignment) / 256) -
    Math.trunc((crowd * separation) / 4096)
  const [vx, vy] = [turned(boid.vx, [middleX, courseX, crowdX]), turned(boid.vy, [middleY, courseY, crowdY])]
  return move(boid, vx, vy)
}

/** Moves a boid by its velocity, brought between the slowest and the fastest. */
function move({ x, y }: Boid, vx: number, vy: number): Boid {
  const [most, least] = [Math.max(Math.abs(vx), Math.abs(vy)), Math.min(Math.abs(vx), Math.abs(vy))]
  const speed = Math.max(most + Math.trunc(least / 2), 1)
  const wanted = Math.min(Math.max(speed, SLOWEST), FASTEST)
  const paced = (v: number): number => (wanted === speed ? v : Math.trunc((v * wanted) / speed))
  return { x: (x + paced(vx)) & 65535, y: (y + paced(vy)) & 65535, vx: paced(vx), vy: paced(vy) }
}

function around(distance: number): number {
  return ((distance + 32768) & 65535) - 32768
}
