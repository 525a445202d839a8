import type { Sample } from './sample.ts'
import { farOff, randomOf } from './sample.ts'

const [COUNT, STEPS] = [600, 5]
const [DELTA, RULE_1, RULE_2, RULE_3] = [0.04, 0.1, 0.025, 0.025]
const [SCALE_1, SCALE_2, SCALE_3] = [0.02, 0.05, 0.005]
const random = randomOf(9)
/** Position and velocity of each, as the sample begins. */
const start = Float32Array.from({ length: 4 * COUNT }, (_, place) =>
  place % 4 < 2 ? 2 * (random() - 0.5) : 0.2 * (random() - 0.5),
)

/** Five steps of a flock. */
export const boids: Sample = {
  path: 'sample/computeBoids/updateSprites.wgsl',
  program: {
    buffers: [
      {
        name: 'params',
        usage: 'uniform',
        scope: 'lease',
        bytes: 28,
        init: [{ f32: [DELTA, RULE_1, RULE_2, RULE_3, SCALE_1, SCALE_2, SCALE_3] }],
      },
      { name: 'flock', bytes: 16 * COUNT, init: [{ input: 'data' }] },
      { name: 'next', bytes: 16 * COUNT },
    ],
    passes: [
      {
        entry: 'main',
        bindings: [['params', 'flock', 'next']],
        dispatch: [`ceil(${COUNT}/64)`],
        repeat: STEPS,
        swap: [['flock', 'next']],
      },
    ],
  },
  outputs: [{ name: 'flock', type: 'f32', bytes: 16 * COUNT }],
  input: new Uint8Array(start.buffer),
  problemOf(output) {
    let flock: readonly number[] = [...start]
    for (let step = 0; step < STEPS; step += 1) flock = fly(flock)
    // A neighbour at the very edge of a rule's distance may count here and not there.
    const limits = { tolerance: 1e-4, share: 0.99 }
    return farOff(new Float32Array(output.buffer), Float32Array.from(flock), limits)
  },
}

type Vector = readonly [number, number]
const plus = (a: Vector, b: Vector, scale = 1): Vector => [a[0] + b[0] * scale, a[1] + b[1] * scale]

function fly(flock: readonly number[]): number[] {
  const all = Array.from({ length: COUNT }, (_, index) => {
    const [x = 0, y = 0, vx = 0, vy = 0] = flock.slice(4 * index, 4 * index + 4)
    return { pos: [x, y] as Vector, vel: [vx, vy] as Vector }
  })
  return all.flatMap(({ pos, vel }, index) => {
    let [mass, push, pull]: Vector[] = [
      [0, 0],
      [0, 0],
      [0, 0],
    ]
    let [near, along] = [0, 0]
    for (const [place, other] of all.entries()) {
      if (place === index) continue
      const away = plus(other.pos, pos, -1)
      const distance = Math.hypot(...away)
      if (distance < RULE_1) [mass, near] = [plus(mass ?? pos, other.pos), near + 1]
      if (distance < RULE_2) push = plus(push ?? pos, away, -1)
      if (distance < RULE_3) [pull, along] = [plus(pull ?? pos, other.vel), along + 1]
    }
    const centre = near === 0 ? ([0, 0] as Vector) : plus([0, 0], mass ?? pos, 1 / near)
    let next = plus(vel, near === 0 ? [0, 0] : plus(centre, pos, -1), SCALE_1)
    next = plus(next, push ?? pos, SCALE_2)
    next = plus(next, pull ?? pos, SCALE_3 / Math.max(1, along))
    const length = Math.hypot(...next)
    const speed = plus([0, 0], next, Math.min(length, 0.1) / length)
    return [...plus(pos, speed, DELTA).map(wrap), ...speed]
  })
}

function wrap(value: number): number {
  if (value < -1) return 1
  return value > 1 ? -1 : value
}
