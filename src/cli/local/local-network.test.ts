import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startAnvil } from '../../chain/anvil.ts'
import { ESCROW, openChain } from '../../chain/chain.ts'
import { isDeployed } from '../../chain/deploy.ts'
import { openRelayers } from '../../p2p/relayer/relayers.ts'
import { openServerNode } from '../../p2p/server-node.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { outlineOf } from '../../protocol/escrow/call-outline.ts'
import { parseNetwork } from '../../protocol/network.ts'
import { isFree } from '../ports.ts'
import { type LocalNetwork, type NetworkUse, withNetwork } from './local-network.ts'

let folder = ''
const never = new AbortController().signal
const relayKey = makeKey()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-network-'))
  await writeFile(join(folder, 'index.html'), '<p>weft</p>')
})
afterEach(() => rm(folder, { recursive: true }))

function start<T>(use: NetworkUse<T>, signal: AbortSignal = never): Promise<T> {
  return withNetwork({ folder, webFolder: folder, port: 0, relayKey, report: () => undefined }, use, signal)
}

test('a network tells pages where its parts are, and they all answer', async () => {
  const ports = await start(async ({ chain, network, url, rpcUrl }) => {
    const served = parseNetwork(await (await fetch(new URL('/network.json', url))).json())
    expect(served).toEqual(network)
    expect(await isDeployed(chain, served.escrow)).toBe(true)
    const health = await (await fetch(new URL('/healthz', url))).json()
    expect(health).toMatchObject({ ok: true, relay: { connections: 0 } })
    expect(health.block).toBeGreaterThan(0)
    const relayPort = Number(served.relays[0]?.split('/')[4])
    expect(await isFree(relayPort)).toBe(false)
    return [Number(new URL(url).port), Number(new URL(rpcUrl).port), relayPort]
  })
  for (const port of ports) expect(await isFree(port)).toBe(true)
})

test('chain, contract and relay are the same after a restart', async () => {
  const first = await start(async ({ network }) => network)
  const again = await start(async ({ network }) => network)
  expect(again.genesis).toBe(first.genesis)
  expect(again.escrow).toBe(first.escrow)
  expect(again.relays[0]?.split('/').at(-1)).toBe(first.relays[0]?.split('/').at(-1))
})

test('its relay sends calls for those without gas, for nothing', async () => {
  await start(async ({ network }, signal) => {
    const node = await openServerNode({ key: makeKey(), relays: network.relays }, signal)
    while (node.relays().some(({ state }) => state !== 'connected')) await sleep(20)
    const relayers = openRelayers(node, signal)
    const call = { kind: 'resolve', jobId: `0x${'01'.repeat(32)}`, account: node.account } as const
    const [quote] = await relayers.quote(outlineOf(call, ZERO_ADDRESS))
    expect(quote?.fee).toBe(0n)
    await expect(relayers.send({ outline: outlineOf(call, ZERO_ADDRESS), make: () => call })).rejects.toThrow(
      'resolve was refused by the contract: NoDispute(',
    )
  })
})

test('all of it ends in under 5 s when asked to', async () => {
  const stop = new AbortController()
  let began = 0
  await start(async (_, signal) => {
    began = Date.now()
    stop.abort()
    expect(signal.aborted).toBe(true)
  }, stop.signal)
  expect(Date.now() - began).toBeLessThan(5_000)
})

test('a chain that runs already is used as it is: without a faucet, and only where the escrow is', async () => {
  const stop = new AbortController()
  const far = await startAnvil({ signal: stop.signal, chainId: 84532 })
  const options = {
    folder,
    webFolder: folder,
    port: 0,
    relayKey,
    report: () => undefined,
    chainRpc: far.rpcUrl,
  }
  const show: NetworkUse<LocalNetwork> = async (network) => network
  await expect(withNetwork(options, show, never)).rejects.toThrow(
    `There is no contract at ${ESCROW} on this chain. "weft deploy" puts the escrow at ${ESCROW}`,
  )
  const contract = accountOf(makeKey())
  await openChain({ rpcUrl: far.rpcUrl }).client.request<{
    Method: string
    Parameters: string[]
    ReturnType: null
  }>({
    method: 'anvil_setCode',
    params: [contract, '0x00'],
  })
  const { network, chain } = await withNetwork({ ...options, contract }, show, never)
  expect(network).toMatchObject({
    chainId: 84532,
    escrow: contract,
    currency: 'ETH',
    isTest: true,
    rpc: '/rpc',
  })
  expect(network.faucet).toBeUndefined()
  expect(chain).toMatchObject({ confirmations: 6, escrow: contract })
  expect(await isFree(Number(new URL(far.rpcUrl).port))).toBe(false) // it goes on without the network
  stop.abort()
  await far.ended
})

test.each([true, false])(
  'a chain that dies ends the network and is named as the cause (%s)',
  async (isAngry) => {
    const use: NetworkUse<void> = async (_, signal) => {
      const { pid } = JSON.parse(await readFile(join(folder, 'anvil.pid'), 'utf8'))
      process.kill(pid, 'SIGKILL')
      while (!signal.aborted) await sleep(20)
      if (isAngry) throw new Error('the work could not go on')
    }
    await expect(start(use)).rejects.toThrow('The local chain stopped: it ended with SIGKILL')
  },
)

test('a fault of the work is passed on, and the network has ended by then', async () => {
  let chainPort = 0
  const use: NetworkUse<void> = async ({ rpcUrl }) => {
    chainPort = Number(new URL(rpcUrl).port)
    throw new Error('a fault of the work')
  }
  await expect(start(use)).rejects.toThrow('a fault of the work')
  expect(await isFree(chainPort)).toBe(true)
})
