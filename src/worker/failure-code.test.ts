import { expect, test } from 'vitest'
import { Failure } from '../protocol/failure.ts'
import { codeOf } from './failure-code.ts'

function thrownBy(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

test('memory that a machine could not give is its own failure, not the kernel’s', () => {
  expect(codeOf(thrownBy(() => new ArrayBuffer(2 ** 45)))).toBe('memory')
  expect(codeOf(new RangeError('Out of memory'))).toBe('memory')
})

test('other errors blame the kernel, and a failure keeps its code', () => {
  const recurse = (): unknown => [recurse()]
  expect(codeOf(thrownBy(recurse))).toBe('trap')
  expect(codeOf(thrownBy(() => new Uint8Array(new ArrayBuffer(8), 16)))).toBe('trap')
  expect(codeOf('a text')).toBe('trap')
  expect(codeOf(new Failure('fuel', 'x'))).toBe('fuel')
})
