import { describe, expect, test } from 'vitest'
import { countBytes, outputOf, packResult, pricing } from './metered.ts'

const limits = { fuel: 3_000_000 }
const fixed = { price: { replica: '7' }, limits }
const metered = { price: { megainstruction: '10' }, limits }
const output = Uint8Array.of(1, 2, 3)

test('where a result has a fixed price its bytes are the output', () => {
  expect(countBytes(fixed)).toBe(0)
  expect(packResult(fixed, { output, fuel: 5 })).toBe(output)
  expect(pricing(fixed)(output)).toBe(7n)
})

describe('where instructions are paid', () => {
  test('their number stands before the output', () => {
    const result = packResult(metered, { output, fuel: 0x0102_0304 })
    expect([...result]).toEqual([4, 3, 2, 1, 0, 0, 0, 0, 1, 2, 3])
    expect([...outputOf(metered, result)]).toEqual([1, 2, 3])
  })

  test.each([
    [0, 0n],
    [1, 1n],
    [100_000, 1n],
    [100_001, 2n],
    [3_000_000, 30n],
  ])('%i instructions earn %i wei, rounded up', (fuel, wei) => {
    expect(pricing(metered)(packResult(metered, { output, fuel }))).toBe(wei)
  })

  test('a count over the limit is no result, nor are too few bytes for a count', () => {
    const worthOf = pricing(metered)
    expect(() => worthOf(packResult(metered, { output, fuel: 3_000_001 }))).toThrow(
      'result: expected at most limits.fuel, 3000000 instructions, found 3000001',
    )
    expect(() => worthOf(output)).toThrow('the number of instructions in 8 bytes')
  })

  test('an executor that does not count is of no use', () => {
    expect(() => packResult(metered, { output })).toThrow('did not count the instructions')
  })
})
