import { encodeAbiParameters, encodeEventTopics, pad } from 'viem'
import { afterAll, expect, test } from 'vitest'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { toWei } from '../protocol/wei.ts'
import { startAnvil } from './anvil.ts'
import { balanceOf, openChain } from './chain.ts'
import { fund } from './faucet.ts'
import { escrowAbi } from './generated/abi.ts'
import { send } from './transaction/send.ts'
import { awaitTransfer, quoteTransfer, sendCoins } from './wallet.ts'
import { readEarned } from './wallet-payments.ts'

const end = new AbortController()
const anvil = await startAnvil({ signal: end.signal })
const emitter = accountOf(makeKey())
const chain = openChain({ rpcUrl: anvil.rpcUrl, pollMs: 20, escrow: emitter })

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

test('the payments of the escrow to an account are found, with job, epoch and transaction', async () => {
  // A contract that writes the log it is called with: four topics, then 64 bytes.
  await setCode(emitter, '0x604060805f376060356040356020355f3560405fa400')
  const { key } = await makeRich(10n ** 18n)
  const [mine, other] = [accountOf(makeKey()), accountOf(makeKey())]
  const jobId: Hex = `0x${'7'.repeat(64)}`
  const [event] = encodeEventTopics({ abi: escrowAbi, eventName: 'Claimed' })
  const types = [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'bytes32' }] as const
  const rest = [{ type: 'uint256' }, { type: 'uint256' }] as const
  const hashes: Hex[] = []
  for (const [epoch, account, amount] of [
    [0n, mine, 10n],
    [0n, other, 20n],
    [1n, mine, 30n],
  ] as const) {
    const topics = encodeAbiParameters(types, [jobId, epoch, pad(account)]).slice(2)
    const data: Hex = `${event ?? '0x'}${topics}${encodeAbiParameters(rest, [0n, amount]).slice(2)}`
    hashes.push((await send(chain, key, { action: 'log', to: emitter, data })).transactionHash)
  }
  const { earned, fromBlock } = await readEarned(chain, [mine])
  expect(fromBlock).toBe(0n)
  expect(earned).toMatchObject([
    { account: mine, jobId, epoch: 1, amount: 30n, hash: hashes[2] },
    { account: mine, jobId, epoch: 0, amount: 10n, hash: hashes[0] },
  ])
  expect(Math.abs((earned[0]?.at ?? 0) - Date.now())).toBeLessThan(600_000)
  expect((await readEarned(chain, [mine, other])).earned).toHaveLength(3)
})
