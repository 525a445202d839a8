import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { slicesOf } from '../standard/slices.ts'
import { sort, sortCode, sortText } from './meta.ts'

/** Numbers in order, slice by slice: job `index` has other numbers. */
export function sortJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { inputs, units, piece, bytes } = slicesOf(sort.words, index)
  const compare = {
    entry: 'compare',
    bindings: [['turn', 'words']],
    dispatch: [sort.words / 128],
    repeat: '$iteration+1',
  }
  return jobOf({
    name: 'Bitonic sort',
    purpose:
      'Sorts slices of a long row of numbers, ready to be merged: on the GPU by a bitonic network of many passes.',
    inputs,
    wasm: { code: sortCode(), stdin: [{ u32: ['$falling', 0, 0, 0] }, piece], memoryPages: 4 },
    wgsl: {
      code: sortText(),
      buffers: [
        { name: 'turn', usage: 'uniform', bytes: 12, init: [{ u32: ['$iteration', '$step', '$falling'] }] },
        { name: 'words', bytes, init: [piece] },
      ],
      passes: [{ repeat: sort.stages, passes: [compare] }],
    },
    manifest: {
      params: [
        { name: 'falling', type: 'u32', value: 0, label: 'Falling order: 1, rising: 0', range: [0, 1] },
      ],
      units,
      outputs: [{ name: 'words', type: 'u32', bytes }],
      limits: { fuel: 10_000_000, outputBytes: bytes },
    },
    priceWei,
  })
}
