import { expect, test } from 'vitest'
import { sampleJob } from '../kernels/sample.ts'
import { concat } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import { testOutput } from './coordinate/test-provider.ts'
import { packResult, resultDigest } from './result.ts'

test('outputs are joined in the order of units, with a digest file that names the file', async () => {
  const { manifest } = sampleJob('square', 0, { priceWei: '1', units: 2 })
  const result = await packResult(manifest, [testOutput(0), testOutput(1)])
  expect(result.bytes).toEqual(concat([testOutput(0), testOutput(1)]))
  expect(result.fileName).toBe('squares-set-1.bin')
  expect(result.digest).toBe(digestOf(result.bytes))
  expect(result.digestFile).toBe(`${result.digest}  squares-set-1.bin\n`)
})

test('an image becomes a PNG; its digest is of the pixels', async () => {
  const { manifest } = sampleJob('fractal', 0, { priceWei: '1' })
  const { reduce, limits } = manifest
  if (reduce.kind !== 'image') throw new Error('fractal is no image')
  const outputs = Array.from({ length: 64 }, () => new Uint8Array(limits.outputBytes).fill(200))
  const result = await packResult(manifest, outputs)
  expect([...result.bytes.subarray(1, 4)]).toEqual([...new TextEncoder().encode('PNG')])
  expect(result.digest).toBe(resultDigest(manifest, outputs))
  expect(result.digest).not.toBe(digestOf(result.bytes))
})

test('a result with missing units is refused', () => {
  const { manifest } = sampleJob('square', 0, { priceWei: '1', units: 3 })
  expect(() => resultDigest(manifest, [testOutput(0), undefined, undefined])).toThrow(
    '2 of 3 units have no accepted output',
  )
})
