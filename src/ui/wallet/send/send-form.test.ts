import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../../../protocol/account.ts'
import { showAddress } from '../../../protocol/address.ts'
import { toWei } from '../../../protocol/wei.ts'
import { problemOf } from '../../publish/problem.ts'
import { readAmount, readReceiver } from './send-form.ts'

const own = accountOf(makeKey())
const escrow = accountOf(makeKey())
const receiver = accountOf(makeKey())
const fee = { gas: 21_000n, perGas: 2n, tip: 1n, total: toWei(42_000n) }
const means = { balance: toWei(10n ** 18n), fee, currency: 'ETH' }

function pathOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    return problemOf(error).path
  }
  return 'nothing is wrong'
}

test('an address is taken with a right checksum or without one', () => {
  expect(readReceiver(` ${showAddress(receiver)} `, { own, escrow })).toBe(receiver)
  expect(readReceiver(receiver, { own, escrow })).toBe(receiver)
})

test.each(['', '0x', receiver.slice(0, -1), `${receiver}0`, own, escrow, `0x${'0'.repeat(40)}`])(
  'nothing is sent to "%s"',
  (to) => expect(pathOf(() => readReceiver(to, { own, escrow }))).toBe('to'),
)

test('the amount and the fee together are at most the balance, to the wei', () => {
  const most = '0.999999999999958'
  expect(readAmount({ to: '', amount: most, isAll: false }, means)).toBe(means.balance - fee.total)
  const oneMore = `${most}000001`
  expect(pathOf(() => readAmount({ to: '', amount: oneMore, isAll: false }, means))).toBe('amount')
})

test('everything is the balance without the fee, and an error where the fee is more', () => {
  const all = { to: '', amount: 'not read', isAll: true }
  expect(readAmount(all, means)).toBe(means.balance - fee.total)
  expect(pathOf(() => readAmount(all, { ...means, balance: fee.total }))).toBe('amount')
})

test.each(['', '0', '-1', '1e3', '1.0000000000000000001', 'ten'])('"%s" is no amount', (amount) =>
  expect(pathOf(() => readAmount({ to: '', amount, isAll: false }, means))).toBe('amount'),
)
