import { afterAll, expect, test } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { toWei } from '../protocol/wei.ts'
import { startAnvil } from './anvil.ts'
import { balanceOf, openChain } from './chain.ts'
import { fund } from './faucet.ts'
import { awaitTransfer, quoteTransfer, sendCoins } from './wallet.ts'

const end = new AbortController()
const anvil = await startAnvil({ signal: end.signal })
const chain = openChain({ rpcUrl: anvil.rpcUrl, pollMs: 20 })

afterAll(() => {
  end.abort()
  return anvil.ended
})

async function makeRich(coins: bigint) {
  const key = makeKey()
  await fund(chain, accountOf(key), toWei(coins))
  return { key, from: accountOf(key) }
}

async function setCode(address: Address, code: Hex): Promise<void> {
  await chain.client.request<{ Method: 'anvil_setCode'; Parameters: [Address, Hex]; ReturnType: null }>({
    method: 'anvil_setCode',
    params: [address, code],
  })
}

test('what is sent arrives, and the rest is the balance without the amount and the fee', async () => {
  const { key, from } = await makeRich(10n ** 18n)
  const to = accountOf(makeKey())
  const fee = await quoteTransfer(chain, { from, to })
  const sent = await sendCoins(chain, key, { to, amount: toWei(123n), fee, isAll: false })
  const cost = await awaitTransfer(chain, sent)
  expect(cost).toBeLessThanOrEqual(fee.total)
  expect(await balanceOf(chain, to)).toBe(123n)
  expect(await balanceOf(chain, from)).toBe(10n ** 18n - 123n - cost)
})

test('sending everything leaves not one wei', async () => {
  const { key, from } = await makeRich(10n ** 18n)
  const to = accountOf(makeKey())
  const fee = await quoteTransfer(chain, { from, to })
  const amount = toWei(10n ** 18n - fee.total)
  expect(await awaitTransfer(chain, await sendCoins(chain, key, { to, amount, fee, isAll: true }))).toBe(
    fee.total,
  )
  expect(await balanceOf(chain, from)).toBe(0n)
  expect(await balanceOf(chain, to)).toBe(amount)
})

test('an account that cannot pay is told so, and nothing is sent', async () => {
  const { key, from } = await makeRich(10n ** 15n)
  const to = accountOf(makeKey())
  const fee = await quoteTransfer(chain, { from, to })
  const sending = sendCoins(chain, key, { to, amount: toWei(10n ** 15n), fee, isAll: false })
  await expect(sending).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('not enough'),
  })
  expect(await balanceOf(chain, from)).toBe(10n ** 15n)
})

test('a receiver that refuses coins makes the payment a failed one', async () => {
  const { key, from } = await makeRich(10n ** 18n)
  const to = accountOf(makeKey())
  await setCode(to, '0x34600657005b5f5ffd') // if (callvalue) revert
  const fee = await quoteTransfer(chain, { from, to })
  const sent = await sendCoins(chain, key, { to, amount: toWei(5n), fee, isAll: false })
  await expect(awaitTransfer(chain, sent)).rejects.toMatchObject({ code: 'reverted' })
  expect(await balanceOf(chain, to)).toBe(0n)
})
