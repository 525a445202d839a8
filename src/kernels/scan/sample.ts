import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { slicesOf } from '../standard/slices.ts'
import { scan, scanCode, scanText } from './meta.ts'

/** Running sums: job `index` has other numbers. */
export function scanJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { inputs, units, piece, bytes } = slicesOf(scan.words, index)
  const blocks = scan.words / 64
  const bindings = [['turn', 'input', 'sums', 'next', 'output']]
  const dispatch = [`ceil(${blocks}/64)`]
  return jobOf({
    name: 'Scan: running sums',
    purpose: 'Adds numbers up one after the other and keeps every sum. A sample of a scan in several passes.',
    inputs,
    wasm: { code: scanCode(), stdin: [piece], memoryPages: 4 },
    wgsl: {
      code: scanText(),
      buffers: [
        { name: 'turn', usage: 'uniform', bytes: 4, init: [{ u32: ['$iteration'] }] },
        { name: 'input', bytes, init: [piece] },
        { name: 'sums', bytes: 4 * blocks },
        { name: 'next', bytes: 4 * blocks },
        { name: 'output', bytes },
      ],
      passes: [
        { entry: 'sum', bindings, dispatch },
        { entry: 'spread', bindings, dispatch, repeat: Math.log2(blocks), swap: [['sums', 'next']] },
        { entry: 'scan', bindings, dispatch },
      ],
    },
    manifest: {
      units,
      outputs: [{ name: 'output', type: 'u32', bytes }],
      limits: { fuel: 1_000_000, outputBytes: bytes },
    },
    priceWei,
  })
}
