import { expect, test } from 'vitest'
import { digestOf } from '../../protocol/digest.ts'
import { named } from '../code.ts'
import type { SampleJob } from '../job.ts'
import { referenceOf } from '../reference.ts'
import { inputsOf, runnerOf } from '../run-kernel.ts'
import { encodeMesh } from './bvh.ts'
import type { Mesh } from './mesh.ts'
import { standUp } from './mesh.ts'
import { bunnyJob } from './sample.ts'
import { soup } from './test-mesh.ts'
import { vectors } from './vectors.ts'

/** A sample job with few light paths, so that a test is short, and another mesh if one is given. */
function shortJob(
  index: number,
  { samples = 2, bounces = 2, mesh }: { samples?: number; bounces?: number; mesh?: Mesh },
): SampleJob {
  const { manifest, blobs } = bunnyJob(index, { priceWei: '1' })
  const values: Record<string, number> = { samples, bounces }
  const params = manifest.params.map((param) => ({ ...param, value: values[param.name] ?? param.value }))
  if (mesh === undefined) return { manifest: { ...manifest, params }, blobs }
  const blob = named(encodeMesh(standUp(mesh)))
  const entry = { name: 'mesh', cid: blob.cid, bytes: blob.bytes.length }
  const inputs = manifest.inputs.map((input) => (input.name === 'mesh' ? entry : input))
  return { manifest: { ...manifest, params, inputs }, blobs: new Map([...blobs, [blob.cid, blob.bytes]]) }
}

/** The units whose bytes differ between WASM and reference. */
function differences(job: SampleJob, units: readonly number[]): number[] {
  const run = runnerOf(job)
  const reference = referenceOf(job.manifest, inputsOf(job.manifest, job.blobs))
  return units.filter((unit) => Buffer.compare(run(unit), reference(unit)) !== 0)
}

test('WASM and reference give the same bytes on tiles all over the picture', () => {
  const units = Array.from({ length: 16 }, (_, row) => 16 * row + ((5 * row) % 16))
  expect(differences(shortJob(0, {}), units)).toEqual([])
})

test('so they do for the second range of samples, more bounces, and another view', () => {
  expect(differences(shortJob(7, { samples: 5, bounces: 4 }), [256 + 119, 256 + 136, 256 + 168])).toEqual([])
})

test('so they do for a heap of triangles seen from both sides, and for one triangle', () => {
  const units = [88, 119, 136, 168, 200]
  expect(differences(shortJob(3, { mesh: soup(300) }), units)).toEqual([])
  expect(differences(shortJob(3, { mesh: soup(1) }), units)).toEqual([])
})

test('the bytes are the ones that are written down', () => {
  const run = runnerOf(shortJob(0, {}))
  expect(vectors.map(({ unit }) => ({ unit, digest: digestOf(run(unit)) }))).toEqual(vectors)
})

test('ranges of samples differ, so that adding them up means something', () => {
  const run = runnerOf(shortJob(0, {}))
  expect(Buffer.compare(run(119), run(256 + 119))).not.toBe(0)
})

test('a tile that shows the bunny is neither black nor burnt out', () => {
  const sums = new Uint32Array(runnerOf(shortJob(0, { samples: 8 }))(8 * 16 + 7).buffer)
  const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length / (8 * 65_536)
  expect(mean).toBeGreaterThan(0.05)
  expect(mean).toBeLessThan(1)
})
