import { expect, test } from 'vitest'
import { matmulJob } from '../kernels/matmul/sample.ts'
import { inputsOf } from '../kernels/run-kernel.ts'
import { concat } from '../protocol/bytes.ts'
import type { Kernel1Call } from './kernel1.ts'
import { runKernel1 } from './kernel1.ts'
import { importMemory } from './meter/import-memory.ts'
import { meterWasm } from './meter/meter-wasm.ts'
import { piecesOf, programOf } from './unit.ts'
import { UnitMemory } from './unit-memory.ts'

const { manifest, blobs } = matmulJob({ side: 20, priceWei: '1' })
const { code, wasm } = programOf(manifest, 'wasm')
const { fuel, outputBytes } = manifest.limits
const metered = meterWasm(blobs.get(code.cid) ?? new Uint8Array(), { fuel, memoryPages: wasm.memoryPages })
const pieces = piecesOf(manifest, inputsOf(manifest, blobs), wasm.stdin)(0)
const call: Kernel1Call = { module: new WebAssembly.Module(metered), fuel, outputBytes, input: pieces }

test('an input in several pieces gives the bytes and the fuel of the same input in one, and stays as it was', () => {
  const input = concat(pieces)
  const inOne = runKernel1({ ...call, input })
  expect(pieces.length).toBe(3)
  expect(runKernel1(call)).toEqual(inOne)
  expect(inOne.output.some((byte) => byte !== 0)).toBe(true)
  expect(concat(pieces)).toEqual(input)
})

test('in a memory that is given, and was used before, a unit comes to the same', () => {
  const { code: given, size } = importMemory(metered)
  expect(size).toEqual({ initial: wasm.memoryPages, maximum: wasm.memoryPages })
  const memories = new UnitMemory(size)
  const used = memories.take()
  new Uint8Array(used.buffer).fill(0xff)
  memories.giveBack(used, used.buffer.byteLength)
  expect(runKernel1({ ...call, module: new WebAssembly.Module(given), memories })).toEqual(runKernel1(call))
  expect(new Uint8Array(used.buffer).at(-1)).toBe(0)
})
