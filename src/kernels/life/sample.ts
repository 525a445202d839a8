import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { life, lifeCode, lifeText } from './meta.ts'

const TILES = life.side / life.tile

/** Conway's game of life after some generations, all of a torus: job `index` begins with other cells. */
export function lifeJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { tile, side } = life
  const window = `${tile}+2*$generations`
  const edge = (axis: string): string => `$${axis}*${tile}+${side}-$generations`
  const world = [
    { u32: [edge('x'), edge('y'), window, '$generations', '$seed', '$density', side] },
    { u32: ['$ground', '$ash', '$fresh', '$old', 0] },
  ]
  const bytes = `(${window})*(${window})*4`
  const bindings = [['world', 'cells', 'next', 'pixels']]
  const everywhere = [`ceil((${window})/8)`, `ceil((${window})/8)`]
  return jobOf({
    name: `Game of life, world ${index + 1}`,
    purpose: 'Plays the game of life from cells scattered at random, and paints what lives by its age.',
    wasm: { code: lifeCode(), stdin: world, memoryPages: 16 },
    wgsl: {
      code: lifeText(),
      buffers: [
        { name: 'world', usage: 'uniform', bytes: 48, init: world },
        { name: 'cells', bytes },
        { name: 'next', bytes },
        { name: 'pixels', bytes: 4 * tile * tile },
      ],
      passes: [
        { entry: 'scatter', bindings, dispatch: everywhere },
        { entry: 'live', bindings, dispatch: everywhere, repeat: '$generations', swap: [['cells', 'next']] },
        { entry: 'paint', bindings, dispatch: [tile / 8, tile / 8] },
      ],
    },
    manifest: {
      params: [
        { name: 'generations', type: 'u32', value: 64, label: 'Generations', range: [0, 96] },
        { name: 'density', type: 'u32', value: 80, label: 'Cells alive at first, of 256', range: [1, 255] },
        { name: 'seed', type: 'u32', value: index, label: 'Seed of the first cells' },
        { name: 'ground', type: 'u32', value: 0x070a14, label: 'Colour of the ground' },
        { name: 'ash', type: 'u32', value: 0x1f4f8f, label: 'Colour of what has died' },
        { name: 'fresh', type: 'u32', value: 0xffe08a, label: 'Colour of what is born' },
        { name: 'old', type: 'u32', value: 0xe2583e, label: 'Colour of what is old' },
      ],
      units: { kind: 'grid', axes: ['y', 'x'].map((name) => ({ name, count: TILES })) },
      outputs: [{ name: 'pixels', type: 'u8', bytes: 4 * tile * tile }],
      reduce: { kind: 'image', format: 'rgba8', width: side, height: side, tile, x: '$x', y: '$y' },
      view: 'image',
      limits: { fuel: 500_000_000, outputBytes: 4 * tile * tile },
    },
    priceWei,
  })
}
