import type { Named } from '../code.ts'
import { named } from '../code.ts'
import type { SampleJob, SampleOptions } from '../job.ts'
import { finishJob } from '../job.ts'
import { fixedOf, toDigits } from './digits.ts'
import { fractal, fractalCode, fractalText } from './meta.ts'
import type { View } from './views.ts'
import { ITERATIONS, viewAt } from './views.ts'

const SIDE = 512

/** A deep zoom into the Mandelbrot set: job `index` is the next view of an endless row. */
export function fractalJob(index: number, options: SampleOptions): SampleJob {
  const view = viewAt(index)
  const [text, code] = [named(fractalText()), named(fractalCode())]
  const tiles = SIDE / fractal.tile
  const manifest = {
    weft: 1,
    app: {
      name: `Mandelbrot set: ${view.name}`,
      version: '1.0.0',
      licence: 'Apache-2.0',
      author: 'The Weft authors',
      purpose:
        'Paints a piece of the Mandelbrot set so deep that the ordinary numbers of a processor cannot tell its points apart. A sample job of exact number crunching.',
    },
    programs: programsOf(view, { text, code }),
    params: paramsOf(view),
    units: { kind: 'grid', axes: ['y', 'x'].map((name) => ({ name, count: tiles })) },
    outputs: [{ name: 'pixels', type: 'u8', bytes: fractal.outputBytes }],
    reduce: {
      kind: 'image',
      format: 'rgba8',
      width: SIDE,
      height: SIDE,
      tile: fractal.tile,
      x: '$x',
      y: '$y',
    },
    view: 'image',
    limits: { ...fractal.limits, outputBytes: fractal.outputBytes },
    verify: { mode: 'exact-quorum', quorum: 2 },
    price: { replica: options.priceWei },
  }
  return finishJob(manifest, [text, code])
}

/** The twins: one recipe of 48 words feeds both. */
function programsOf(view: View, { text, code }: { text: Named; code: Named }): unknown[] {
  const corner = (middle: string): number[] => toDigits(fixedOf(middle) - view.width / 2n)
  const step = toDigits(view.width / BigInt(2 * SIDE))
  const recipe = [
    { u32: ['$width', '$height', '$x*32', '$y*32', '$iterations', '$bands', '$shift*1048576', '$relief'] },
    { i32: [...corner(view.x), ...corner(view.y), ...step] },
    { u32: ['$shadow', '$ink', '$flatness', 0, 0, 0, ...view.palette] },
  ]
  return [
    {
      kind: 'wgsl',
      code: { cid: text.cid, bytes: text.bytes.length },
      buffers: [
        { name: 'view', bytes: fractal.inputBytes, init: recipe },
        { name: 'pixels', bytes: fractal.outputBytes },
      ],
      passes: [{ entry: 'main', bindings: [['view', 'pixels']], dispatch: [4, 4, 1] }],
    },
    {
      kind: 'wasm',
      code: { cid: code.cid, bytes: code.bytes.length },
      wasm: { abi: 'kernel1', memoryPages: fractal.memoryPages, stdin: recipe },
    },
  ]
}

function paramsOf(view: View): unknown[] {
  const param = (
    name: string,
    value: number,
    rest: { label: string; range?: number[]; unit?: string },
  ): unknown => ({
    name,
    type: 'u32',
    value,
    ...rest,
  })
  return [
    param('width', SIDE, { label: 'Width', unit: 'px' }),
    param('height', SIDE, { label: 'Height', unit: 'px' }),
    param('iterations', ITERATIONS, { label: 'Most iterations of a point', range: [1, 16_000] }),
    param('bands', 8192, { label: 'Colours an octave of iterations', range: [0, 65_535], unit: '1/256' }),
    param('shift', view.shift, { label: 'First colour', range: [0, 15] }),
    param('shadow', 0x04050c, { label: 'Colour of the inside', range: [0, 0xffffff] }),
    param('relief', 110, { label: 'Relief', range: [0, 255] }),
    param('ink', 24_000, { label: 'Steepness drawn half in ink', range: [1, 65_535] }),
    param('flatness', 800, { label: 'Slope without relief', range: [0, 65_535] }),
  ]
}
