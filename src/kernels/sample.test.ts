import { expect, test } from 'vitest'
import { cidOf } from '../protocol/cid.ts'
import { decodeManifest, encodeManifest, manifestCid, unitCount } from '../protocol/manifest/manifest.ts'
import { referenceOf } from './reference.ts'
import { inputsOf, runnerOf } from './run-kernel.ts'
import type { SampleName } from './sample.ts'
import { sampleJob } from './sample.ts'

const names: SampleName[] = ['boids', 'bunny', 'fractal', 'life', 'sort', 'square']
const options = { priceWei: '1000000000' }

test.each(names)(
  '%s: the manifest survives its canonical bytes, and every blob it names is there',
  (name) => {
    const { manifest, blobs } = sampleJob(name, 0, options)
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest)
    const wanted = [...manifest.programs.map(({ code }) => code), ...manifest.inputs]
    expect(wanted.map(({ cid }) => cid).sort()).toEqual([...blobs.keys()].sort())
    for (const { cid, bytes } of wanted) {
      const blob = blobs.get(cid) ?? new Uint8Array(0)
      expect(cidOf(blob)).toBe(cid)
      expect(blob.length).toBe(bytes)
    }
  },
)

test.each(names)('%s: the same index makes the same job, another index another', (name) => {
  const cids = [0, 0, 1, 40, 1000].map((index) => manifestCid(sampleJob(name, index, options).manifest))
  expect(cids[0]).toBe(cids[1])
  expect(new Set(cids).size).toBe(4)
})

test.each(names)('%s: the price is what was asked for', (name) => {
  expect(sampleJob(name, 3, { priceWei: '123' }).manifest.price).toEqual({ replica: '123' })
  expect(() => sampleJob(name, 3, { priceWei: '1.5' })).toThrow('price.replica')
})

test('every view of the bunny shares one mesh', () => {
  const meshes = [0, 5, 17].map(
    (index) => sampleJob('bunny', index, options).manifest.inputs.find(({ name }) => name === 'mesh')?.cid,
  )
  expect(new Set(meshes).size).toBe(1)
})

test('squares have as many units as asked for', () => {
  expect(unitCount(sampleJob('square', 0, { ...options, units: 77 }).manifest)).toBe(77)
})

test('the squares of WASM and reference are equal, and right', () => {
  const job = sampleJob('square', 2, options)
  const output = runnerOf(job)(5)
  expect(output).toEqual(referenceOf(job.manifest, new Map())(5))
  const first = (2 * 20_000 + 5) * 16
  const expected = Uint32Array.from({ length: 16 }, (_, word) =>
    Number(BigInt(first + word) ** 2n % 2n ** 32n),
  )
  expect(output).toEqual(new Uint8Array(expected.buffer))
})

test('a kernel that is not ours has no reference', () => {
  const { manifest, blobs } = sampleJob('square', 0, options)
  const programs = manifest.programs.map((program) => ({
    ...program,
    code: { ...program.code, cid: cidOf(new Uint8Array(3)) },
  }))
  expect(() => referenceOf({ ...manifest, programs }, inputsOf(manifest, blobs))).toThrow(
    'no plain reference',
  )
})
