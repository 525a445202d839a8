import type { Sample } from './sample.ts'
import { farOff, randomOf } from './sample.ts'

const [COUNT, STEPS, LOW, HIGH] = [500, 40, -30, 20]
const random = randomOf(11)
/** Position (4), colour (3) and radius of each light. */
const start = Float32Array.from({ length: 8 * COUNT }, (_, place) =>
  place % 8 === 1 ? LOW + (HIGH - LOW) * random() : random(),
)

/** Forty steps of lights that fall and begin again at the top. */
export const lightUpdate: Sample = {
  path: 'sample/deferredRendering/lightUpdate.wgsl',
  program: {
    buffers: [
      { name: 'lights', bytes: 32 * COUNT, init: [{ input: 'data' }] },
      { name: 'config', usage: 'uniform', bytes: 4, init: [{ u32: [COUNT] }] },
      {
        name: 'extent',
        usage: 'uniform',
        bytes: 32,
        init: [{ f32: [-50, LOW, -50, 0, 50, HIGH, 50, 0] }],
      },
    ],
    passes: [
      {
        entry: 'main',
        bindings: [['lights', 'config', 'extent']],
        dispatch: [`ceil(${COUNT}/64)`],
        repeat: STEPS,
      },
    ],
  },
  outputs: [{ name: 'lights', type: 'f32', bytes: 32 * COUNT }],
  input: new Uint8Array(start.buffer),
  problemOf(output) {
    const lights = start.slice()
    for (let step = 0; step < STEPS; step += 1)
      for (let light = 0; light < COUNT; light += 1) {
        const height = (lights[8 * light + 1] ?? 0) - 0.5 - 0.003 * (light % 64)
        lights[8 * light + 1] = height < LOW ? HIGH : height
      }
    return farOff(new Float32Array(output.buffer), lights, { tolerance: 1e-3 })
  },
}
