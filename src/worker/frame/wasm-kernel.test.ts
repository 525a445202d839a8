import { expect, test } from 'vitest'
import { cidOf } from '../../protocol/cid.ts'
import { firstRound } from '../executor.ts'
import type { UnitReport } from '../message.ts'
import { assemble } from '../meter/assemble.ts'
import { testSource } from '../test-job.ts'
import { loadWasm } from './wasm-kernel.ts'

/** The input is put at 1 024, and its first 4 bytes are the output. */
const code = assemble({ run: [0x20, 0, 0xad, 0x42, 32, 0x86, 0x42, 4, 0x84], memory: [1, 2, 4] })
const bytes = new Uint8Array(65_533).fill(7)

/** Runs a unit whose input is so often an input of 65 533 bytes, with up to four pages of memory. */
function runWith(count: number): UnitReport {
  const inputs = [{ name: 'large', cid: cidOf(bytes), bytes: bytes.length }]
  const stdin = Array.from({ length: count }, () => ({ input: 'large' }))
  const wasm = { abi: 'kernel1', stdin, memoryPages: 8 }
  const source = testSource(code, { manifest: { inputs }, program: { wasm } })
  return loadWasm({ ...source, inputs: new Map([['large', bytes]]) })(0, firstRound)
}

test('an input that fits the memory is placed in it', () => {
  expect(runWith(1)).toMatchObject({ kind: 'done', output: Uint8Array.of(7, 7, 7, 7) })
})

test('an input that the memory cannot hold is a failure of memory, before anything is copied', () => {
  expect(runWith(5)).toMatchObject({
    ...{ kind: 'failed', code: 'memory' },
    message: `the unit starts with ${5 * 65_536} bytes of stdin; at most ${4 * 65_536} fit`,
  })
})
