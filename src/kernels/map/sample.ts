import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { slicesOf } from '../standard/slices.ts'
import { map, mapCode, mapText } from './meta.ts'

/** Values of a cubic: job `index` has other numbers. */
export function mapJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { inputs, units, piece, bytes } = slicesOf(map.words, index)
  const names = ['a', 'b', 'c', 'd']
  const coefficients = names.map((param) => ({ param }))
  return jobOf({
    name: 'Map: a cubic',
    purpose: 'Evaluates a cubic at many numbers, modulo 2^32. A sample of a map.',
    inputs,
    wasm: { code: mapCode(), stdin: [...coefficients, piece], memoryPages: 4 },
    wgsl: {
      code: mapText(),
      buffers: [
        { name: 'coefficients', usage: 'uniform', bytes: 16, init: coefficients },
        { name: 'input', bytes, init: [piece] },
        { name: 'output', bytes },
      ],
      passes: [
        { entry: 'main', bindings: [['coefficients', 'input', 'output']], dispatch: [map.words / 256] },
      ],
    },
    manifest: {
      params: names.map((name, place) => ({ name, type: 'u32', value: 7 * place + 3, label: name })),
      units,
      outputs: [{ name: 'output', type: 'u32', bytes }],
      limits: { fuel: 1_000_000, outputBytes: bytes },
    },
    priceWei,
  })
}
