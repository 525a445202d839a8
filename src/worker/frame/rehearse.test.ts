import { expect, test } from 'vitest'
import { rehearse } from './rehearse.ts'

test('the rehearsal of a CPU worker loads its kernel and runs a unit to the end', () => {
  const done = { kind: 'done', unit: 7, output: Uint8Array.of(23, 0, 0, 0) }
  expect(rehearse()).toMatchObject([
    { kind: 'ready' },
    { kind: 'loaded', kernel: 0 },
    { kind: 'results', run: 0, reports: [done] },
  ])
})
