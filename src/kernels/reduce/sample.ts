import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { slicesOf } from '../standard/slices.ts'
import { reduce, reduceCode, reduceText } from './meta.ts'

/** Sum, parity, least and greatest of many numbers: job `index` has other numbers. */
export function reduceJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { inputs, units, piece, bytes } = slicesOf(reduce.words, index)
  return jobOf({
    name: 'Reduce: sum, parity, least and greatest',
    purpose: 'Sums up many numbers and finds the least and the greatest. A sample of a reduction.',
    inputs,
    wasm: { code: reduceCode(), stdin: [piece], memoryPages: 4 },
    wgsl: {
      code: reduceText(),
      buffers: [
        { name: 'input', bytes, init: [piece] },
        { name: 'result', bytes: 16, init: [{ u32: [0, 0, 4_294_967_295, 0] }] },
      ],
      passes: [{ entry: 'main', bindings: [['input', 'result']], dispatch: [4] }],
    },
    manifest: {
      units,
      outputs: [{ name: 'result', type: 'u32', bytes: 16 }],
      limits: { fuel: 1_000_000, outputBytes: 16 },
    },
    priceWei,
  })
}
