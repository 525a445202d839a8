import type { SampleJob, SampleOptions } from '../job.ts'
import { jobOf } from '../standard/job.ts'
import { bytesOf, words } from '../standard/numbers.ts'
import { matmulInteger, matmulIntegerCode, matmulIntegerText } from './meta.ts'

/**
 * A product of two matrices, some rows a unit: job `index` has other numbers. The second matrix stays on the GPU between units.
 * A tab takes the WGSL that is faster on its adapter.
 */
export function matmulIntegerJob(index: number, { priceWei }: SampleOptions): SampleJob {
  const { side, rows, variants } = matmulInteger
  const [whole, part] = [4 * side * side, 4 * rows * side]
  const shape = { u32: [rows, side, side, 0] }
  const piece = { input: 'a', from: `$i*${part}`, bytes: part }
  return jobOf({
    name: 'Matrix product of integers',
    purpose: 'Multiplies two dense matrices of 32-bit integers, modulo 2^32.',
    inputs: { a: bytesOf(words(side * side, 2 * index)), b: bytesOf(words(side * side, 2 * index + 1)) },
    wasm: { code: matmulIntegerCode(), stdin: [shape, piece, { input: 'b' }], memoryPages: 16 },
    wgsl: Object.entries(variants).map(([variant, [entry, size]]) => ({
      variant,
      code: matmulIntegerText(),
      buffers: [
        { name: 'shape', usage: 'uniform', bytes: 16, init: [shape] },
        { name: 'a', bytes: part, init: [piece] },
        { name: 'b', scope: 'lease', bytes: whole, init: [{ input: 'b' }] },
        { name: 'c', bytes: part },
      ],
      passes: [{ entry, bindings: [['shape', 'a', 'b', 'c']], dispatch: [side / size, rows / size] }],
    })),
    manifest: {
      units: { kind: 'range', name: 'i', to: side / rows },
      outputs: [{ name: 'c', type: 'u32', bytes: part }],
      limits: { fuel: 100_000_000, loopBound: side, outputBytes: part },
    },
    priceWei,
  })
}
