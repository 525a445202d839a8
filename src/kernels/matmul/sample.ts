import type { SampleJob } from '../job.ts'
import type { Twins } from '../standard/job.ts'
import { jobOf } from '../standard/job.ts'
import { bytesOf, reals } from '../standard/numbers.ts'
import { matmul, matmulCode, matmulText } from './meta.ts'

/** The product of two matrices of `side` x `side` as one unit; `units` of them are all the same product. */
export type MatmulOptions = { readonly side: number; readonly priceWei: string; readonly units?: number }

/** A product of dense f32 matrices by the WASM module, whose bytes every tab agrees on. */
export function matmulJob(options: MatmulOptions): SampleJob {
  const wasm = {
    code: matmulCode(),
    stdin: [shape, { input: 'a' }, { input: 'b' }],
    memoryPages: pages(options),
  }
  return jobOf({ ...product(options), wasm })
}

/** The same product by one of the two ways of the WGSL, for comparison within a tolerance: GPUs differ in their last bits. */
export function matmulGpuJob(options: MatmulOptions, variant: keyof typeof matmul.variants): SampleJob {
  const [bytes, groups] = [4 * options.side ** 2, Math.ceil(options.side / matmul.variants[variant])]
  const wgsl = {
    code: matmulText(),
    buffers: [
      { name: 'shape', usage: 'uniform', bytes: 16, init: [shape] },
      { name: 'a', bytes, init: [{ input: 'a' }] },
      { name: 'b', bytes, init: [{ input: 'b' }] },
      { name: 'c', bytes },
    ],
    passes: [{ entry: variant, bindings: [['shape', 'a', 'b', 'c']], dispatch: [groups, groups] }],
  }
  return jobOf({ ...product(options), wgsl })
}

const shape = { u32: ['$side', '$side', '$side', 0] }

function product({ side, units = 1, priceWei }: MatmulOptions): Twins {
  const bytes = 4 * side * side
  return {
    name: `Matrix product, ${side} x ${side}`,
    purpose: 'Multiplies two dense matrices of 32-bit floating point numbers.',
    inputs: { a: bytesOf(reals(side * side, 1)), b: bytesOf(reals(side * side, 2)) },
    manifest: {
      params: [{ name: 'side', type: 'u32', value: side, label: 'Side of the matrices' }],
      units: { kind: 'range', name: 'i', to: units },
      outputs: [{ name: 'c', type: 'f32', bytes }],
      limits: { fuel: 4 * side ** 3 + 100_000_000, loopBound: side, timeMs: 60_000, outputBytes: bytes },
    },
    priceWei,
  }
}

/** Three matrices and what the program itself needs, in pages of 64 KiB. */
function pages({ side }: MatmulOptions): number {
  return Math.max(matmul.initialPages, Math.ceil((12 * side * side) / 65_536) + 4)
}
