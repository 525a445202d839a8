import { expect, test } from 'vitest'
import type { SampleJob } from '../job.ts'
import { matmulIntegerJob } from '../matmul-integer/sample.ts'
import { referenceOf } from '../reference.ts'
import { inputsOf, runnerOf } from '../run-kernel.ts'
import { matmulJob } from './sample.ts'

const side = 160
type Shape = readonly [rows: number, inner: number, columns: number]
const shapes: readonly Shape[] = [
  [1, 1, 1],
  [4, 8, 8],
  [5, 3, 9],
  [3, 160, 160],
  [8, 40, 7],
  [64, 128, 36],
]

/** The job with matrices of another shape, cut from its own. */
function reshape({ manifest, blobs }: SampleJob, [rows, inner, columns]: Shape): SampleJob {
  const stdin = [
    { u32: [rows, inner, columns, 0] },
    { input: 'a', from: 0, bytes: 4 * rows * inner },
    { input: 'b', from: 0, bytes: 4 * inner * columns },
  ]
  const programs = manifest.programs.map((program) =>
    program.kind === 'wasm' ? { ...program, wasm: { ...program.wasm, stdin } } : program,
  )
  return { manifest: { ...manifest, programs }, blobs }
}

const jobs = { real: matmulJob({ side, priceWei: '1' }), integer: matmulIntegerJob(0, { priceWei: '1' }) }

test.each(Object.entries(jobs))('%s: products of any shape are those of three plain loops', (_, whole) => {
  for (const shape of shapes) {
    const job = reshape(whole, shape)
    const [run, reference] = [runnerOf(job), referenceOf(job.manifest, inputsOf(job.manifest, job.blobs))]
    const [rows, , columns] = shape
    expect(reference(0)).toHaveLength(4 * rows * columns)
    expect(Buffer.compare(run(0), reference(0)), `shape ${shape}`).toBe(0)
  }
})

test('an inner axis longer than a packed panel is added up in the same order', () => {
  const job = reshape(matmulJob({ side: 560, priceWei: '1' }), [8, 560, 16])
  const reference = referenceOf(job.manifest, inputsOf(job.manifest, job.blobs))
  expect(Buffer.compare(runnerOf(job)(0), reference(0))).toBe(0)
})
