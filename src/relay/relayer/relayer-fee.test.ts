import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { checkPaid, feeFor, guessGas } from './relayer-fee.ts'

const token = accountOf(makeKey())
const coin = ZERO_ADDRESS
const tariff = { isFree: false, marginPercent: 130, tokenPrices: new Map(), hasChallenges: false }
const outline = { kind: 'cashout', token: coin, cashouts: 1, leaves: 1, levels: 14 } as const

test('a fee is the cost of the gas with the margin, rounded up', () => {
  expect(feeFor(outline, 1_000n, tariff)).toBe(1_300n)
  expect(feeFor(outline, 1n, tariff)).toBe(2n)
  expect(feeFor(outline, 1_000n, { ...tariff, isFree: true })).toBe(0n)
})

test('a token is taken at the price that the operator set, and refused by name without one', () => {
  const priced = { ...tariff, tokenPrices: new Map([[token, 4n * 10n ** 26n]]) } // 10^6 units are 4 x 10^14 wei
  expect(feeFor({ ...outline, token }, 4n * 10n ** 14n, priced)).toBe(1_300_000n)
  expect(feeFor({ ...outline, token }, 1n, priced)).toBe(1n)
  expect(() => feeFor({ ...outline, token }, 1n, tariff)).toThrow(`no fees in the token ${token}`)
})

test('what pays less than the gas is refused with both numbers', () => {
  expect(() => checkPaid({ amount: 99n, token: coin }, 100n, tariff)).toThrow(
    '99 does not pay for the gas, which costs 100',
  )
  checkPaid({ amount: 100n, token: coin }, 100n, tariff)
  checkPaid({ amount: 0n, token: coin }, 100n, { ...tariff, isFree: true })
})

test('claims, which pay nothing, and challenges, which may pay nothing, are refused where nothing is free', () => {
  expect(() => feeFor({ ...outline, kind: 'claim' }, 1n, tariff)).toThrow('pays its payee alone')
  expect(() => feeFor({ ...outline, kind: 'challenge' }, 1n, tariff)).toThrow('no challenges')
  expect(feeFor({ ...outline, kind: 'challenge' }, 100n, { ...tariff, hasChallenges: true })).toBe(130n)
  expect(feeFor({ ...outline, kind: 'post' }, 1n, tariff)).toBe(0n)
})

test('more orders, leaves and levels take more gas', () => {
  const gas = guessGas(outline)
  for (const more of [{ cashouts: 2 }, { leaves: 2 }, { levels: 15 }])
    expect(guessGas({ ...outline, ...more })).toBeGreaterThan(gas)
})
