import { expect, test } from 'vitest'
import { toWei } from '../../../protocol/wei.ts'
import { readTopUp } from './top-up.ts'

const COIN = 10n ** 18n
const means = { balance: toWei(2n * COIN), budget: toWei(5n * COIN), currency: 'ETH' }

test('an amount is read to the wei', () => {
  expect(readTopUp(' 1.000000000000000001 ', means)).toBe(COIN + 1n)
  expect(readTopUp('0,5', means)).toBe(COIN / 2n)
})

test.each([
  ['', 'Enter a number of coins'],
  ['ten', 'Enter a number of coins'],
  ['-1', 'Enter a number of coins'],
  ['1.0000000000000000001', 'Enter a number of coins'],
  ['0.0', 'more than nothing'],
  ['2', 'The account holds 2 ETH, and a fee comes on top'],
  ['1000000000000000000000', '88 bits: this job takes at most'],
])('"%s" is refused by name', (text, why) => {
  expect(() => readTopUp(text, means)).toThrow(/^amount: /)
  expect(() => readTopUp(text, means)).toThrow(why)
})

test('a token is read with its decimals, and all of it can be added', () => {
  const token = { ...means, currency: 'TOK', decimals: 6, balance: toWei(2_500_000n), budget: toWei(1n) }
  expect(readTopUp('2.5', token)).toBe(2_500_000n)
  expect(() => readTopUp('2.500001', token)).toThrow('amount: The account holds 2.5 TOK')
  expect(() => readTopUp('1.0000001', token)).toThrow('with at most 6 decimals')
})

test('the books count to 88 bits, and not one wei more', () => {
  const rich = { ...means, balance: toWei((1n << 88n) - 1n), budget: toWei(COIN) }
  const most = (1n << 88n) - 1n - COIN
  const written = (wei: bigint): string => `${wei / COIN}.${(wei % COIN).toString().padStart(18, '0')}`
  expect(readTopUp(written(most), rich)).toBe(most)
  expect(() => readTopUp(written(most + 1n), rich)).toThrow(`at most ${written(most)} ETH more`)
})
