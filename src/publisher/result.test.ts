import { expect, test } from 'vitest'
import { sampleJob } from '../kernels/sample.ts'
import { concat } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { joinOutputs, parseOutputs } from '../protocol/manifest/outputs.ts'
import { unitNames } from '../protocol/manifest/units.ts'
import { testOutput } from './coordinate/test-provider.ts'
import { packResult, resultDigest } from './result.ts'

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

test('outputs are joined in the order of units, with a digest file that names the file', async () => {
  const { manifest } = sampleJob('square', 0, { priceWei: '1', units: 2 })
  const { files, digest, digestFile } = await packResult(manifest, [testOutput(0), testOutput(1)])
  const bytes = concat([testOutput(0), testOutput(1)])
  expect(files).toEqual([{ name: 'squares-set-1.bin', bytes }])
  expect(digest).toBe(digestOf(bytes))
  expect(digestFile).toEqual({
    name: 'squares-set-1.bin.sha256',
    bytes: encode(`${digest}  squares-set-1.bin\n`),
  })
})

test('an image becomes a PNG; its digest is of the pixels', async () => {
  const { manifest } = sampleJob('fractal', 0, { priceWei: '1' })
  const { reduce, limits } = manifest
  if (reduce.kind !== 'image') throw new Error('fractal is no image')
  const outputs = Array.from({ length: 64 }, () => new Uint8Array(limits.outputBytes).fill(200))
  const result = await packResult(manifest, outputs)
  const { name, bytes = encode('') } = result.files[0] ?? {}
  expect(bytes.subarray(1, 4)).toEqual(encode('PNG'))
  expect(name).toMatch(/\.png$/)
  expect(result.digestFile.bytes).toEqual(encode(`${digestOf(bytes)}  ${name}\n`))
  expect(result.digest).toBe(resultDigest(manifest, outputs))
  expect(result.digest).not.toBe(digestOf(bytes))
})

/** A job of two outputs, one of which may be shorter in some units. */
function twoOutputs(units: number): Manifest {
  const { manifest } = sampleJob('square', 0, { priceWei: '1', units })
  const names = unitNames(manifest.units)
  const list = [
    { name: 'squares', type: 'u8', bytes: 2 },
    { name: 'log', type: 'u8', bytes: 4, upTo: true },
  ]
  return { ...manifest, outputs: parseOutputs(list, 'outputs', names) }
}

test('several outputs become a file each, without the lengths between them, in the order of units', async () => {
  const units = [
    joinOutputs([encode('aa'), encode('one')]),
    joinOutputs([encode('bb'), encode('')]),
    joinOutputs([encode('cc'), encode('four')]),
  ]
  const manifest = twoOutputs(3)
  const { files, digest, digestFile } = await packResult(manifest, units)
  expect(files).toEqual([
    { name: 'squares-set-1-squares.bin', bytes: encode('aabbcc') },
    { name: 'squares-set-1-log.bin', bytes: encode('onefour') },
  ])
  const lines = files.map(({ name, bytes }) => `${digestOf(bytes)}  ${name}\n`)
  expect(digestFile).toEqual({ name: 'squares-set-1.sha256', bytes: encode(lines.join('')) })
  expect(digest).toBe(digestOf(digestFile.bytes))
  expect(resultDigest(manifest, units)).toBe(digest)
})

test('bytes that move from one output to the next are another result', () => {
  const digestOf = (first: string, second: string): string =>
    resultDigest(twoOutputs(1), [joinOutputs([encode(first), encode(second)])])
  expect(digestOf('aa', 'bc')).not.toBe(digestOf('aab', 'c'))
})

test('a result with missing units is refused', () => {
  const { manifest } = sampleJob('square', 0, { priceWei: '1', units: 3 })
  expect(() => resultDigest(manifest, [testOutput(0), undefined, undefined])).toThrow(
    '2 of 3 units have no accepted output',
  )
})
