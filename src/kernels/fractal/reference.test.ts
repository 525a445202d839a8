import { expect, test } from 'vitest'
import { digestOf } from '../../protocol/digest.ts'
import { referenceOf } from '../reference.ts'
import { runnerOf } from '../run-kernel.ts'
import { fixedOf } from './digits.ts'
import { fractalJob } from './sample.ts'
import { vectors } from './vectors.ts'
import { viewAt } from './views.ts'

const options = { priceWei: '1' }

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 21])('view %i: WASM and reference give the same bytes', (index) => {
  const job = fractalJob(index, options)
  const [run, reference] = [runnerOf(job), referenceOf(job.manifest, new Map())]
  for (const unit of [(37 * index) % 256, 136])
    expect(Buffer.compare(run(unit), reference(unit)), `unit ${unit}`).toBe(0)
})

test('the bytes are the ones that are written down', () => {
  for (const { index, unit, digest } of vectors)
    expect(digestOf(runnerOf(fractalJob(index, options))(unit)), `view ${index}, unit ${unit}`).toBe(digest)
})

test('few iterations, and points inside the set, are alike too', () => {
  const { manifest, blobs } = fractalJob(0, options)
  for (const iterations of [1, 2, 200]) {
    const params = manifest.params.map((param) =>
      param.name === 'iterations' ? { ...param, value: iterations } : param,
    )
    const job = { manifest: { ...manifest, params }, blobs }
    expect(Buffer.compare(runnerOf(job)(136), referenceOf(job.manifest, new Map())(136))).toBe(0)
  }
})

test('every view is so deep that doubles could not tell its points apart', () => {
  for (let index = 0; index < 24; index += 1) {
    const view = viewAt(index)
    const step = Number(view.width) / 2 ** 70 / 1024
    expect(step).toBeGreaterThan(0)
    const x = Number(fixedOf(view.x)) / 2 ** 70
    expect(Math.abs(x) * 2 ** -52, view.name).toBeGreaterThan(step / 16)
  }
})

test('a picture has many colours and an opaque alpha', () => {
  const pixels = new Uint32Array(runnerOf(fractalJob(0, options))(120).buffer)
  expect(new Set(pixels).size).toBeGreaterThan(200)
  expect(pixels.every((pixel) => pixel >>> 24 === 255)).toBe(true)
})
