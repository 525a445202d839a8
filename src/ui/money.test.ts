import { expect, test } from 'vitest'
import { Failure } from '../protocol/failure.ts'
import { parseCoins } from '../protocol/wei.ts'
import { showCoins } from './money.ts'

const COIN = 10n ** 18n

test('an amount is shown with four significant digits or four decimals', () => {
  expect(showCoins(0n)).toBe('0')
  expect(showCoins(1n)).toBe('0.000000000000000001')
  expect(showCoins(1_234_567_890_123n)).toBe('0.000001234')
  expect(showCoins((12n * COIN) / 10n)).toBe('1.2')
  expect(showCoins(1234n * COIN + 567_899_999_999_999_999n)).toBe('1234.5678')
})

test('an amount of a token is shown with its own decimals', () => {
  expect(showCoins(1_234_567n, 6)).toBe('1.2345')
  expect(showCoins(1n, 6)).toBe('0.000001')
  expect(showCoins(42n, 0)).toBe('42')
  expect(showCoins(123_456_789n, 36)).toBe('0.0000000000000000000000000001234')
})

test('tokens are read with at most their decimals', () => {
  expect(parseCoins('1.5', 'price', 6)).toBe(1_500_000n)
  expect(parseCoins('200000000000000', 'price', 0)).toBe(200_000_000_000_000n)
  expect(() => parseCoins('1.5', 'price', 0)).toThrow('price: expected a number such as 25, with at most 0')
  expect(() => parseCoins('0.0000001', 'price', 6)).toThrow('with at most 6 decimals')
})

test('what is shown is never more than the amount, and never nothing for something', () => {
  let amount = 1n
  for (let round = 0; round < 400; round += 1) {
    amount = (amount * 1_103_515_245n + 12_345n) % 2n ** 88n
    const shown = parseCoins(showCoins(amount), 'shown')
    expect(shown <= amount).toBe(true)
    expect(shown > 0n || amount === 0n).toBe(true)
    expect((amount - shown) * 1000n <= amount).toBe(true)
  }
})

test('coins are read exactly, with a point or a comma', () => {
  expect(parseCoins('0.000000000000000001', 'price')).toBe(1n)
  expect(parseCoins(' 2,5 ', 'price')).toBe((25n * COIN) / 10n)
  expect(parseCoins('3', 'price')).toBe(3n * COIN)
})

test.each(['', '.5', '-1', '1e3', '0.0000000000000000001', '1.', 'a', '1 000', '999999999'])(
  'coins as "%s" are refused with the name of the field',
  (text) => {
    expect(() => parseCoins(text, 'price')).toThrow(Failure)
    expect(() => parseCoins(text, 'price')).toThrow(/^price: /)
  },
)
