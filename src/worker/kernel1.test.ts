import { expect, test } from 'vitest'
import { matmulJob } from '../kernels/matmul/sample.ts'
import { inputsOf } from '../kernels/run-kernel.ts'
import { concat } from '../protocol/bytes.ts'
import { runKernel1 } from './kernel1.ts'
import { meterWasm } from './meter/meter-wasm.ts'
import { piecesOf, programOf } from './unit.ts'

test('an input in several pieces gives the bytes and the fuel of the same input in one, and stays as it was', () => {
  const { manifest, blobs } = matmulJob({ side: 20, priceWei: '1' })
  const { code, wasm } = programOf(manifest, 'wasm')
  const { fuel, outputBytes } = manifest.limits
  const module = new WebAssembly.Module(
    meterWasm(blobs.get(code.cid) ?? new Uint8Array(), { fuel, memoryPages: wasm.memoryPages }),
  )
  const pieces = piecesOf(manifest, inputsOf(manifest, blobs), wasm.stdin)(0)
  const input = concat(pieces)
  const inOne = runKernel1({ module, fuel, outputBytes, input })
  expect(pieces.length).toBe(3)
  expect(runKernel1({ module, fuel, outputBytes, input: pieces })).toEqual(inOne)
  expect(inOne.output.some((byte) => byte !== 0)).toBe(true)
  expect(concat(pieces)).toEqual(input)
})
