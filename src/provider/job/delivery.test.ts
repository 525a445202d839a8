import { expect, test } from 'vitest'
import type { FailureCode } from '../../protocol/failure.ts'
import { Failure } from '../../protocol/failure.ts'
import type { UnitRun } from '../../worker/executor.ts'
import { countFaults } from './delivery.ts'

const runs = (...ends: readonly (FailureCode | 'done')[]): UnitRun[] =>
  ends.map((end, unit) =>
    end === 'done'
      ? { kind: 'done', unit, output: new Uint8Array(), elapsedMs: 1 }
      : { kind: 'failed', unit, failure: new Failure(end, '') },
  )

test('units that fail here and there are not in a row, however many of a lease they are', () => {
  const mixed = runs('trap', 'trap', 'done', 'trap', 'trap', 'done', 'trap')
  expect(countFaults(0, mixed, 5)).toBe(1)
  expect(countFaults(3, runs('trap', 'done'), 5)).toBe(0)
})

test('five in a row are five in the middle of a lease too, and from one lease to the next', () => {
  expect(countFaults(0, runs('done', 'trap', 'fuel', 'trap', 'memory', 'timeout', 'done'), 5)).toBe(5)
  expect(countFaults(4, runs('trap', 'done'), 5)).toBe(5)
})

test('what was stopped here, or failed with the GPU, neither counts nor ends a row', () => {
  expect(countFaults(2, runs('cancelled', 'device-lost', 'wedged'), 5)).toBe(2)
})
