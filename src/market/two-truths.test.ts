import { expect, test } from 'vitest'
import { makeKey } from '../protocol/account.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Statement } from '../protocol/statement/statement.ts'
import { signStatement } from '../protocol/statement/statement.ts'
import { toWei } from '../protocol/wei.ts'
import { areTwoTruths } from './two-truths.ts'

const domain = { chainId: 31337, escrow: ZERO_ADDRESS }
const settler = makeKey()
const statement: Statement = {
  jobId: `0x${'1'.repeat(64)}`,
  epoch: 2,
  seq: 5,
  isLast: false,
  depth: 0,
  total: toWei(10n),
  units: 3,
  root: `0x${'2'.repeat(64)}`,
  dataHash: `0x${'3'.repeat(64)}`,
}
const sign = (changes: Partial<Statement> = {}, key = settler) =>
  signStatement({ ...statement, ...changes }, domain, key)
const other = { root: `0x${'4'.repeat(64)}` } as const

test('two roots for one seq of an epoch are two truths', () => {
  expect(areTwoTruths(sign(), sign(other), domain)).toBe(true)
  expect(areTwoTruths(sign(), sign({ total: toWei(11n) }), domain)).toBe(true)
})

test('the same statement, another seq, epoch or job, or another signer is none', () => {
  expect(areTwoTruths(sign(), sign(), domain)).toBe(false)
  expect(areTwoTruths(sign(), sign({ ...other, seq: 6 }), domain)).toBe(false)
  expect(areTwoTruths(sign(), sign({ ...other, epoch: 3 }), domain)).toBe(false)
  expect(areTwoTruths(sign(), sign({ ...other, jobId: `0x${'9'.repeat(64)}` }), domain)).toBe(false)
  expect(areTwoTruths(sign(), sign(other, makeKey()), domain)).toBe(false)
})
