import { expect, test, vi } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Network } from '../../protocol/network.ts'
import { toWei, type Wei } from '../../protocol/wei.ts'
import type { SentPayment } from './sent.ts'
import { type OpenAccount, Wallet } from './wallet.svelte.ts'

const hash: Hex = `0x${'ab'.repeat(32)}`
const fee = { gas: 21_000n, perGas: 1n, tip: 1n, total: toWei(21_000n) }
const transfer = { to: accountOf(makeKey()), amount: toWei(5n), fee, isAll: false }

/** A wallet whose chain is asked by hand. */
async function makeWallet(kept: readonly SentPayment[] = []) {
  let settle: (cost: Wei) => void = () => undefined
  let fail: (error: Failure) => void = () => undefined
  const settled = new Promise<Wei>((resolve, reject) => {
    settle = resolve
    fail = reject
  })
  let sent = kept
  let credit = toWei(7n)
  const account: OpenAccount = {
    account: accountOf(makeKey()),
    balance: async () => toWei(100n),
    earned: async () => ({ earned: [], fromBlock: 0n }),
    credit: async () => credit,
    takeCredit: async () => {
      credit = toWei(0n)
    },
    quote: async () => fee,
    send: async () => ({ hash, transaction: '0x02' }),
    settle: () => settled,
    readSent: () => sent,
    keepSent: (payments) => {
      sent = payments
    },
    exportKey: async () => '',
    importKey: async () => undefined,
  }
  const wallet = new Wallet({} as Network, async () => account)
  await wallet.choose('provider')
  return { wallet, settle, fail, kept: () => sent }
}

test('a payment is in transit, and kept, until the chain has it', async () => {
  const { wallet, settle, kept } = await makeWallet()
  await wallet.send(transfer)
  expect(wallet.transit).toBe(5n)
  expect(kept()).toMatchObject([{ hash, state: 'transit', transaction: '0x02' }])
  settle(toWei(20_000n))
  await vi.waitFor(() => expect(kept()).toMatchObject([{ state: 'done', fee: 20_000n }]))
  expect(wallet.transit).toBe(0n)
})

test('a payment under way is waited for again after the page was closed', async () => {
  const first = await makeWallet()
  await first.wallet.send(transfer)
  const { wallet, settle } = await makeWallet(first.kept())
  expect(wallet.transit).toBe(5n)
  settle(toWei(1n))
  await vi.waitFor(() => expect(wallet.sent).toMatchObject([{ state: 'done' }]))
})

test('a payment that the receiver refuses has failed, one that the chain is silent about is on its way', async () => {
  for (const [code, state] of [
    ['reverted', 'failed'],
    ['timeout', 'transit'],
  ] as const) {
    const { wallet, fail } = await makeWallet()
    await wallet.send(transfer)
    fail(new Failure(code, 'because'))
    await vi.waitFor(() => expect(wallet.sent).toMatchObject([{ state, why: 'because' }]))
  }
})

test('what the escrow keeps for the account is shown until it is taken', async () => {
  const { wallet } = await makeWallet()
  expect(wallet.credit).toBe(7n)
  await wallet.takeCredit()
  expect(wallet.credit).toBe(0n)
})
