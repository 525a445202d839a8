import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { toWei } from '../../protocol/wei.ts'
import { startAnvil } from '../anvil.ts'
import { balanceOf, openChain } from '../chain.ts'
import { fund } from '../faucet.ts'
import { startFaultyProxy } from '../logs/test-proxy.ts'
import { send } from './send.ts'

const end = new AbortController()
const anvil = await startAnvil({ signal: end.signal })
const direct = openChain({ rpcUrl: anvil.rpcUrl, pollMs: 20 })
const proxy = await startFaultyProxy(anvil.rpcUrl)
const careful = openChain({ rpcUrl: proxy.rpcUrl, pollMs: 20, confirmations: 3 })
const hasty = openChain({ rpcUrl: proxy.rpcUrl, pollMs: 20 })
const key = makeKey()
await fund(direct, accountOf(key), toWei(10n ** 19n))

beforeEach(() => {
  proxy.calls.length = 0
})

afterAll(async () => {
  proxy.close()
  end.abort()
  await anvil.ended
})

function rpc(method: string, ...params: unknown[]): Promise<unknown> {
  return direct.client.request<{ Method: string; Parameters: unknown[]; ReturnType: unknown }>({
    method,
    params,
  })
}

/** Sends one wei to an account of its own; `outcome` tells how far it is. */
function pay(chain: typeof direct) {
  const to = accountOf(makeKey())
  const outcome = { isDone: false }
  const done = send(chain, key, { action: 'pay', to, data: '0x', value: 1n }).then((receipt) => {
    outcome.isDone = true
    return receipt
  })
  return { to, outcome, done }
}

const asked = (method: string) => proxy.calls.filter((call) => call.method === method).length

/** Waits until the sender has looked for its receipt at least twice more. */
function look(): Promise<void> {
  const before = asked('eth_getTransactionReceipt')
  return vi.waitFor(() => expect(asked('eth_getTransactionReceipt')).toBeGreaterThan(before + 1), 5_000)
}

test('a send is done only when it lies as deep as the chain asks', async () => {
  const { outcome, done } = pay(careful)
  for (const _ of [1, 2]) {
    await look()
    expect(outcome.isDone).toBe(false)
    await rpc('evm_mine')
  }
  expect((await done).status).toBe('success')
})

test('what a reorg removed is sent again, and counts once', async () => {
  const snapshot = await rpc('evm_snapshot')
  const { to, outcome, done } = pay(careful)
  await look()
  await rpc('evm_mine')
  expect(await balanceOf(direct, to)).toBe(1n)
  await rpc('evm_revert', snapshot)
  expect(await balanceOf(direct, to)).toBe(0n)
  await vi.waitFor(() => expect(asked('eth_sendRawTransaction')).toBe(2), 5_000)
  await look()
  expect(outcome.isDone).toBe(false)
  await rpc('anvil_mine', '0x3')
  const receipt = await done
  expect(await balanceOf(direct, to)).toBe(1n)
  expect(await rpc('eth_getTransactionByHash', receipt.transactionHash)).not.toBeNull()
})

test('a send whose answer is lost is not sent a second time', async () => {
  Object.assign(proxy.faults, { next: ['lose'], method: 'eth_sendRawTransaction' })
  const before = Number(await rpc('eth_getTransactionCount', accountOf(key), 'latest'))
  const { to, done } = pay(hasty)
  await done
  expect(await balanceOf(direct, to)).toBe(1n)
  expect(Number(await rpc('eth_getTransactionCount', accountOf(key), 'latest'))).toBe(before + 1)
  expect(proxy.faults.next).toEqual([])
})

test.each(['drop', 429, 503, -32005] as const)('a send outlives %s wherever it comes', async (fault) => {
  for (const method of ['eth_estimateGas', 'eth_sendRawTransaction', 'eth_getTransactionReceipt']) {
    Object.assign(proxy.faults, { next: [fault], method })
    const { to, done } = pay(hasty)
    await done
    expect(await balanceOf(direct, to)).toBe(1n)
    expect(proxy.faults.next).toEqual([])
  }
})
