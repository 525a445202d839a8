import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { monteCarlo, monteCarloCode, monteCarloText } from './meta.ts'

const UNITS = 256

/** Points in a ball: job `index` has another seed. */
export function monteCarloJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { points } = monteCarlo
  const head = [{ u32: [`$i*${points}`, points] }, { param: 'seed' }, { u32: [0] }]
  return jobOf({
    name: 'Monte Carlo: the volume of a ball',
    purpose:
      'Throws random points into a cube and counts those in a ball: 6 times their share is close to pi.',
    wasm: { code: monteCarloCode(), stdin: head, memoryPages: 2 },
    wgsl: {
      code: monteCarloText(),
      buffers: [
        { name: 'points', usage: 'uniform', bytes: 16, init: head },
        { name: 'hits', bytes: 4 },
      ],
      passes: [{ entry: 'main', bindings: [['points', 'hits']], dispatch: [64] }],
    },
    manifest: {
      params: [{ name: 'seed', type: 'u32', value: index, label: 'Seed of the random numbers' }],
      units: { kind: 'range', name: 'i', to: UNITS },
      outputs: [{ name: 'hits', type: 'u32', bytes: 4 }],
      limits: { fuel: 100_000_000, outputBytes: 4 },
    },
    priceWei,
  })
}
