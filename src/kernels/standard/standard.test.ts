import { expect, test } from 'vitest'
import { digestOf } from '../../protocol/digest.ts'
import { unitCount } from '../../protocol/manifest/manifest.ts'
import type { SampleJob } from '../job.ts'
import { referenceOf } from '../reference.ts'
import { inputsOf, runnerOf } from '../run-kernel.ts'
import { standardJobs } from './standard.ts'
import { vectors } from './vectors.ts'

/** With fewer turns, so that the plain loops of a reference are done soon. */
function shorten({ manifest, blobs }: SampleJob): SampleJob {
  const values: Readonly<Record<string, number>> = { generations: 10, steps: 40 }
  const params = manifest.params.map((param) => ({ ...param, value: values[param.name] ?? param.value }))
  return { manifest: { ...manifest, params }, blobs }
}

test.each(Object.entries(standardJobs))('%s: WASM and reference give the same bytes', (name, make) => {
  const job = shorten(make(3, { priceWei: '1' }))
  const [run, reference] = [runnerOf(job), referenceOf(job.manifest, inputsOf(job.manifest, job.blobs))]
  for (const unit of [0, unitCount(job.manifest) - 1])
    expect(Buffer.compare(run(unit), reference(unit)), `${name}, unit ${unit}`).toBe(0)
})

test('numbers fall where that is asked for', () => {
  const { manifest, blobs } = standardJobs.sort(0, { priceWei: '1' })
  const params = manifest.params.map((param) => ({ ...param, value: 1 }))
  const words = [...new Uint32Array(runnerOf({ manifest: { ...manifest, params }, blobs })(0).buffer)]
  expect(words.every((word, at) => at === 0 || word <= (words[at - 1] ?? 0))).toBe(true)
})

test('six times the share of points in the ball is close to pi', () => {
  const run = runnerOf(standardJobs['monte-carlo'](0, { priceWei: '1' }))
  const hits = [0, 1, 255].map((unit) => new Uint32Array(run(unit).buffer)[0] ?? 0)
  expect(new Set(hits).size).toBe(3)
  for (const count of hits) expect((6 * count) / 1_048_576).toBeCloseTo(Math.PI, 2)
})

test('the bytes are the ones that are written down', () => {
  const digests = Object.entries(standardJobs).map(([name, make]) => {
    return [name, digestOf(runnerOf(make(0, { priceWei: '1' }))(1))]
  })
  expect(Object.fromEntries(digests)).toEqual(vectors)
})
