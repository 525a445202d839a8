import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { boids, boidsCode, boidsText } from './meta.ts'

const TILES = boids.side / boids.tile

/** Sixty-four flocks side by side, more cohesive to the right and keeping more apart downwards: job `index` has another seed. */
export function boidsJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { tile, side } = boids
  const count = 'ceil($boids/4)*4'
  const flock = (step: number | string): unknown[] => [
    { u32: ['$x', '$y', count, '$steps', '$seed', '$cohesion*(1+$x)', '$alignment', '$separation*(1+$y)'] },
    { u32: ['$ground', '$trail', '$boid', step] },
  ]
  const bindings = [['flock', 'boids', 'next', 'trails', 'pixels']]
  const dispatch = ['ceil($boids/64)']
  const pixels = 4 * tile * tile
  return jobOf({
    name: `Boids, flocks ${index + 1}`,
    purpose: 'Lets flocks fly by three simple rules, in every mixture of two of them, and paints the trails.',
    wasm: { code: boidsCode(), stdin: flock(0), memoryPages: 8 },
    wgsl: {
      code: boidsText(),
      buffers: [
        { name: 'flock', usage: 'uniform', bytes: 48, init: flock('$iteration') },
        { name: 'boids', bytes: `${count}*16` },
        { name: 'next', bytes: `${count}*16` },
        { name: 'trails', bytes: pixels },
        { name: 'pixels', bytes: pixels },
      ],
      passes: [
        { entry: 'scatter', bindings, dispatch },
        { entry: 'fly', bindings, dispatch, repeat: '$steps', swap: [['boids', 'next']] },
        { entry: 'paint', bindings, dispatch: [(tile * tile) / 64] },
      ],
    },
    manifest: {
      params: [
        { name: 'boids', type: 'u32', value: 192, label: 'Boids of a flock', range: [4, 512] },
        { name: 'steps', type: 'u32', value: 160, label: 'Steps', range: [1, 500] },
        { name: 'cohesion', type: 'u32', value: 12, label: 'Cohesion', range: [0, 64] },
        { name: 'alignment', type: 'u32', value: 40, label: 'Alignment', range: [0, 256] },
        { name: 'separation', type: 'u32', value: 24, label: 'Separation', range: [0, 64] },
        { name: 'seed', type: 'u32', value: index, label: 'Seed of the first places' },
        { name: 'ground', type: 'u32', value: 0x0a0e1c, label: 'Colour of the ground' },
        { name: 'trail', type: 'u32', value: 0x4fa3c7, label: 'Colour of the trails' },
        { name: 'boid', type: 'u32', value: 0xfff3d0, label: 'Colour of a boid' },
      ],
      units: { kind: 'grid', axes: ['y', 'x'].map((name) => ({ name, count: TILES })) },
      outputs: [{ name: 'pixels', type: 'u8', bytes: pixels }],
      reduce: { kind: 'image', format: 'rgba8', width: side, height: side, tile, x: '$x', y: '$y' },
      view: 'image',
      limits: { fuel: 5_000_000_000, outputBytes: pixels },
    },
    priceWei,
  })
}
