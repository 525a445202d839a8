import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { toWei } from '../../protocol/wei.ts'
import { noteSent, packSent, parseSent, type SentPayment } from './sent.ts'

const hash = (digit: string): Hex => `0x${digit.repeat(64)}`
const payment: SentPayment = {
  kind: 'sent',
  state: 'transit',
  other: accountOf(makeKey()),
  amount: toWei(5n),
  fee: undefined,
  hash: hash('1'),
  transaction: '0x02f8',
  at: 1_000,
  why: '',
}

test('payments are read as they were kept', () => {
  const done: SentPayment = { ...payment, state: 'done', fee: toWei(21_000n), transaction: undefined }
  expect(parseSent(packSent([payment, done]))).toEqual([payment, done])
})

test('a payment takes the place of its earlier state, the newest first', () => {
  const newer = { ...payment, hash: hash('2'), at: 2_000 }
  const done = { ...payment, state: 'done' } as const
  expect(noteSent(noteSent([payment], newer), done)).toEqual([newer, done])
})

test('what this page did not write counts as nothing', () => {
  for (const text of [null, '', '{}', '[{"kind":"sent"}]', 'null']) expect(parseSent(text)).toEqual([])
})
