import { expect, test } from 'vitest'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import type { Image } from './image.ts'
import { createImage, placeTile, tileOf, toRgba } from './image.ts'
import { sampleJob } from './sample.ts'

const { manifest: squares } = sampleJob('square', 0, { priceWei: '1' })

/** An empty picture of 4 x 4 pixels in tiles of 2, with `layers` units on each place. */
function picture(format: 'rgba8' | 'radiance', layers: number, x = '$x'): Image {
  const axes = [
    { name: 's', count: layers },
    { name: 'y', count: 2 },
    { name: 'x', count: 2 },
  ]
  const reduce = { kind: 'image', format, width: 4, height: 4, tile: 2, x, y: '$y', divisor: 100 * layers }
  const recipe = [{ u32: ['$s', '$x', '$y'] }]
  const programs = squares.programs.map((program) => ({
    ...program,
    wasm: { abi: 'kernel1', stdin: recipe },
  }))
  const manifest = parseManifest({ ...squares, programs, params: [], units: { kind: 'grid', axes }, reduce })
  if (manifest.reduce.kind !== 'image') throw new Error('not an image')
  return createImage(manifest.reduce, manifest)
}

function sums(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array(12).fill(value).buffer)
}

test('rgba tiles land where the expressions say', () => {
  const image = picture('rgba8', 1)
  for (let unit = 0; unit < 4; unit += 1) placeTile(image, unit, new Uint8Array(16).fill(unit + 1))
  const pixels = [...new Uint32Array(toRgba(image).buffer)].map((pixel) => pixel & 255)
  expect(pixels).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
  expect(tileOf(image, 2)).toEqual({ x: 0, y: 2, size: 2 })
})

test('what has not arrived is transparent', () => {
  const image = picture('radiance', 2)
  placeTile(image, 3, sums(50))
  const alphas = [...toRgba(image)].filter((_, index) => index % 4 === 3)
  expect(alphas).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 255, 255])
})

test('half of the samples look as bright as all of them', () => {
  const half = picture('radiance', 2)
  placeTile(half, 0, sums(50))
  const whole = picture('radiance', 2)
  for (const unit of [0, 4]) placeTile(whole, unit, sums(50))
  expect(toRgba(half)).toEqual(toRgba(whole))
  expect(toRgba(half)[0]).toBeGreaterThan(100)
})

test('the order of arrival does not show, and a unit counts once', () => {
  const [one, other] = [picture('radiance', 2), picture('radiance', 2)]
  for (const unit of [0, 1, 2, 3, 4, 5, 6, 7]) expect(placeTile(one, unit, sums(10 * unit + 7))).toBe(true)
  for (const unit of [7, 2, 5, 0, 3, 6, 1, 4]) placeTile(other, unit, sums(10 * unit + 7))
  expect(placeTile(other, 4, sums(9999))).toBe(false)
  expect(toRgba(one)).toEqual(toRgba(other))
})

test('a tile of the wrong size is refused and changes nothing', () => {
  const image = picture('radiance', 1)
  expect(() => placeTile(image, 0, new Uint8Array(16))).toThrow('48 bytes, found 16')
  expect(placeTile(image, 0, sums(1))).toBe(true)
})

test('a unit outside the picture is refused at once', () => {
  expect(() => picture('rgba8', 1, '$x+1')).toThrow('unit 1 lies outside the image, in tile 2 of 2')
})
