import { expect, test } from 'vitest'
import { parseFromWorker } from './message.ts'

const results = (...outputs: readonly Uint8Array[]): unknown => ({
  ...{ kind: 'results', run: 1 },
  reports: outputs.map((output, unit) => ({ kind: 'done', unit, output, elapsedMs: 1 })),
})

test('an output is taken as it is, without a copy', () => {
  const output = new Uint8Array(4)
  const read = parseFromWorker(results(output))
  expect(read).toMatchObject({ reports: [{ output }] })
  expect(read.kind === 'results' && read.reports[0]?.kind === 'done' && read.reports[0].output.buffer).toBe(
    output.buffer,
  )
})

test('outputs that are parts of a buffer are refused: thousands may share one, and each would be cut out of it', () => {
  const parts = new Uint8Array(9)
  expect(() => parseFromWorker(results(parts.subarray(1), parts.subarray(1)))).toThrow(
    'reports[0].output: expected all bytes of its buffer, found "8 of 9"',
  )
})
