import { parseEther } from 'viem/utils'
import { expect, test } from 'vitest'
import { formatWei, MAX_WEI, readWei, toWei } from './wei.ts'

/** Amounts of every size up to the largest. */
function* amounts(): Generator<bigint> {
  for (let bits = 0n; bits <= 88n; bits += 1n) {
    for (const near of [-1n, 0n, 1n]) {
      const amount = (1n << bits) + near
      if (amount <= MAX_WEI) yield amount
    }
  }
  for (let i = 0n; i < 300n; i += 1n) yield (i * 0x9e3779b97f4a7c15f39cc0605cedc8341n) % (MAX_WEI + 1n)
}

test('every amount survives writing and reading', () => {
  for (const amount of amounts()) {
    expect(readWei(amount.toString(), 'a')).toBe(amount)
    expect(parseEther(formatWei(amount))).toBe(amount)
  }
})

test('an amount shown with few decimals is never more than the amount', () => {
  for (const amount of amounts()) {
    for (const places of [0, 2, 6]) {
      const shown = parseEther(formatWei(amount, places))
      expect(shown <= amount && amount - shown < 10n ** BigInt(18 - places)).toBe(true)
    }
  }
})

test.each([
  [0n, 18, '0'],
  [1n, 18, '0.000000000000000001'],
  [10n ** 18n, 18, '1'],
  [1_500_000_000_000_000_000n, 18, '1.5'],
  [1_999_999_999_999_999_999n, 2, '1.99'],
  [5n, 2, '0'],
  [-1_500_000_000_000_000_000n, 18, '-1.5'],
])('%s wei with %s places read %s', (amount, places, text) => {
  expect(formatWei(amount, places)).toBe(text)
})

test.each([
  '',
  '-1',
  '+1',
  '01',
  '1.0',
  '1e3',
  ' 1',
  '1\n',
  '0x1',
  '1_000',
  `${MAX_WEI + 1n}`,
  '9'.repeat(40),
])('%j is no amount of wei', (text) => {
  expect(() => readWei(text, 'price.replica')).toThrow(/^price\.replica: expected/)
})

test('a number is no amount of wei, since numbers are not exact', () => {
  for (const value of [1, 1n, null, undefined]) expect(() => readWei(value, 'a')).toThrow('a: expected')
})

test('computed amounts stay in the range of the escrow', () => {
  expect(toWei(MAX_WEI)).toBe(MAX_WEI)
  expect(() => toWei(MAX_WEI + 1n, 'total')).toThrow(`total: expected 0 to ${MAX_WEI} wei`)
  expect(() => toWei(-1n)).toThrow('amount: expected')
})
