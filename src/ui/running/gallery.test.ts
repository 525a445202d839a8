import { expect, test } from 'vitest'
import { sampleJob } from '../../kernels/sample.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Gallery } from './gallery.svelte.ts'

const { manifest } = sampleJob('fractal', 0, { priceWei: '1' })
const { manifest: squares } = sampleJob('square', 0, { priceWei: '1' })
const jobId: Hex = `0x${'11'.repeat(32)}`
const tile = (unit: number, isOwn = false) => ({
  jobId,
  unit,
  output: new Uint8Array(4096).fill(unit + 1),
  isOwn,
})

test('tiles that come before their manifest wait for it', () => {
  const gallery = new Gallery()
  gallery.add(tile(0))
  gallery.add(tile(1))
  expect(gallery.picture(jobId)).toBeUndefined()
  gallery.learn({ jobId, manifest: undefined })
  expect(gallery.picture(jobId)).toBeUndefined()
  gallery.learn({ jobId, manifest })
  expect(gallery.picture(jobId)?.done).toBe(2)
  expect(gallery.newest).toBe(jobId)
})

test('a tile counts once, whether it was told as own or as accepted', () => {
  const gallery = new Gallery()
  gallery.learn({ jobId, manifest })
  gallery.add(tile(5, true))
  gallery.add(tile(5))
  const picture = gallery.picture(jobId)
  expect(picture?.done).toBe(1)
  expect(picture?.marks(Date.now())).toHaveLength(1)
  expect(picture?.marks(Date.now() + 5000)).toHaveLength(0)
})

test('the pixels of a tile land where its unit belongs', () => {
  const gallery = new Gallery()
  gallery.learn({ jobId, manifest })
  gallery.add(tile(1))
  const picture = gallery.picture(jobId)
  const pixels = picture?.pixels() ?? new Uint8ClampedArray()
  expect(pixels[0]).toBe(0)
  expect(pixels[32 * 4]).toBe(2)
  expect(pixels[64 * 4]).toBe(0)
})

test('an output of a wrong size is left out, and the picture goes on', () => {
  const gallery = new Gallery()
  gallery.learn({ jobId, manifest })
  gallery.add({ ...tile(3), output: new Uint8Array(7) })
  gallery.add(tile(4))
  expect(gallery.picture(jobId)?.done).toBe(1)
})

test('a job whose result is no image has no picture', () => {
  const gallery = new Gallery()
  gallery.learn({ jobId, manifest: squares })
  gallery.add(tile(0))
  expect(gallery.picture(jobId)).toBeUndefined()
})
