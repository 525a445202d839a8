import { cells, positions } from 'bunny'
import type { Named } from '../code.ts'
import { named } from '../code.ts'
import type { SampleJob, SampleOptions } from '../job.ts'
import { finishJob } from '../job.ts'
import { encodeMesh } from './bvh.ts'
import { parseMesh, standUp } from './mesh.ts'
import { pathtrace, pathtraceCode } from './meta.ts'
import { encodeScene } from './scene.ts'

const SIDE = 512
const RANGES = 2
const SAMPLES = 32
const VIEWS = 12
const FIRST_TURN = 0.96

const glazes = [
  { name: 'celadon', colour: [0.05, 0.3, 0.24] },
  { name: 'coral', colour: [0.75, 0.12, 0.06] },
  { name: 'ivory', colour: [0.72, 0.58, 0.41] },
  { name: 'cobalt', colour: [0.035, 0.1, 0.42] },
  { name: 'saffron', colour: [0.78, 0.36, 0.04] },
] as const

/** The Stanford bunny on a turntable: job `index` is the next of twelve views, in the next glaze. */
export function bunnyJob(index: number, options: SampleOptions): SampleJob {
  const view = index % VIEWS
  const glaze = glazes[index % glazes.length] ?? glazes[0]
  const code = named(pathtraceCode())
  const scene = named(encodeScene(FIRST_TURN + view / VIEWS))
  const mesh = named(encodeMesh(standUp(parseMesh({ positions, cells }))))
  const tiles = SIDE / pathtrace.tile
  const manifest = {
    weft: 1,
    app: {
      name: `Stanford bunny: ${glaze.name}, view ${view + 1} of ${VIEWS}`,
      version: '1.0.0',
      licence: 'Apache-2.0',
      author: 'The Weft authors',
      purpose:
        'Renders a picture of a glazed bunny in a photo studio by following light through the scene, tile by tile. A sample job of real rendering; mesh from the Stanford 3D Scanning Repository.',
    },
    programs: [programOf(code)],
    params: paramsOf(glaze.colour, index + 1),
    inputs: [
      { name: 'scene', cid: scene.cid, bytes: scene.bytes.length },
      { name: 'mesh', cid: mesh.cid, bytes: mesh.bytes.length },
    ],
    units: {
      kind: 'grid',
      axes: [
        { name: 's', count: RANGES },
        { name: 'y', count: tiles },
        { name: 'x', count: tiles },
      ],
    },
    outputs: [{ name: 'radiance', type: 'u32', bytes: pathtrace.outputBytes }],
    reduce: { ...frame, divisor: pathtrace.one * SAMPLES * RANGES },
    view: 'image',
    limits: { ...pathtrace.limits, outputBytes: pathtrace.outputBytes },
    verify: { mode: 'exact-quorum', quorum: 2 },
    price: { replica: options.priceWei },
  }
  return finishJob(manifest, [code, scene, mesh])
}

const frame = {
  kind: 'image',
  format: 'radiance',
  width: SIDE,
  height: SIDE,
  tile: pathtrace.tile,
  x: '$x',
  y: '$y',
}

function programOf(code: Named): unknown {
  const reals = ['red', 'green', 'blue', 'gloss', 'roughness', 'keyLight', 'rimLight', 'skyLight']
  const stdin = [
    { u32: ['$width', '$height', '$x*32', '$y*32', '$s*$samples', '$samples', '$seed', '$bounces'] },
    ...reals.map((param) => ({ param })),
    { input: 'scene' },
    { input: 'mesh' },
  ]
  return {
    kind: 'wasm',
    code: { cid: code.cid, bytes: code.bytes.length },
    wasm: { abi: 'kernel1', memoryPages: pathtrace.memoryPages, stdin },
  }
}

function paramsOf([red, green, blue]: readonly [number, number, number], seed: number): unknown[] {
  const real = (name: string, value: number, { label, most }: { label: string; most: number }): unknown => {
    return { name, type: 'f32', value, label, range: [0, most] }
  }
  return [
    { name: 'width', type: 'u32', value: SIDE, label: 'Width', unit: 'px' },
    { name: 'height', type: 'u32', value: SIDE, label: 'Height', unit: 'px' },
    {
      name: 'samples',
      type: 'u32',
      value: SAMPLES,
      label: 'Light paths of a pixel in one unit',
      range: [1, 1024],
    },
    { name: 'bounces', type: 'u32', value: 2, label: 'Bounces of a path', range: [1, 8] },
    { name: 'seed', type: 'u32', value: seed, label: 'Seed of the random numbers' },
    real('red', red, { label: 'Glaze, red', most: 1 }),
    real('green', green, { label: 'Glaze, green', most: 1 }),
    real('blue', blue, { label: 'Glaze, blue', most: 1 }),
    real('gloss', 0.05, { label: 'Gloss of the glaze', most: 1 }),
    real('roughness', 0.09, { label: 'Roughness of the glaze', most: 1 }),
    real('keyLight', 1, { label: 'Key light', most: 10 }),
    real('rimLight', 1, { label: 'Rim light', most: 10 }),
    real('skyLight', 1, { label: 'Light of the surroundings', most: 10 }),
  ]
}
