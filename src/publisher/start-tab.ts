import { askFaucet } from '../chain/ask-faucet.ts'
import { chainIdentity, openChain } from '../chain/chain.ts'
import { openRegistry } from '../p2p/registry/registry.ts'
import { openTabNode } from '../p2p/tab-node.ts'
import { accountOf } from '../protocol/account.ts'
import { Failure } from '../protocol/failure.ts'
import type { Network } from '../protocol/network.ts'
import { checkChain } from '../protocol/network.ts'
import { openBestTabStore } from '../store/best-tab-store.ts'
import { loadBestKey } from '../store/tab-keys.ts'
import type { KernelSource, LoadedKernel } from '../worker/executor.ts'
import type { Sandbox } from '../worker/sandbox.ts'
import { openSandbox } from '../worker/sandbox.ts'
import { pace } from './pace.ts'
import { openPublisher } from './publisher.ts'
import type { Publisher } from './state.ts'

/** A page that was just left may hold the turn for a moment. */
const TURN_MS = 3_000

export type TabPublisherOptions = { readonly network: Network; readonly container: HTMLElement }

/**
 * Starts the publisher of this browser until the signal aborts; its unfinished jobs go on. One tab at a time: a
 * second one is refused. On a test chain its accounts are kept in test coins. Throws `unreachable`, `refused` or `storage`.
 */
export async function startTabPublisher(
  { network, container }: TabPublisherOptions,
  signal: AbortSignal,
): Promise<Publisher> {
  await holdTurn(signal)
  const { escrow, relays } = network
  const money = openChain({
    rpcUrl: new URL(network.rpc, location.href).href,
    escrow,
    ...pace(network).polling,
  })
  const chain = await chainIdentity(money)
  checkChain(network, chain)
  const { store } = await openBestTabStore(
    `weft-publisher-${chain.chainId}-${chain.genesis.slice(2, 10)}`,
    signal,
  )
  const keys = {
    publisher: (await loadBestKey('publisher')).key,
    settler: (await loadBestKey('settler')).key,
  }
  for (const key of network.faucet === undefined ? [] : [keys.publisher, keys.settler]) {
    await askFaucet(money, accountOf(key), new URL(network.faucet ?? '', location.href).href)
  }
  const iceServers = network.iceServers.map((urls) => ({ urls }))
  const node = await openTabNode({ key: keys.publisher, relays, iceServers }, signal)
  const registry = openRegistry(node, signal)
  let sandbox: Promise<Sandbox> | undefined
  const load = async (source: KernelSource): Promise<LoadedKernel> => {
    sandbox ??= openSandbox({ url: '/sandbox.html', container, cpuWorkers: 1, signal })
    return (await sandbox).load(source)
  }
  const nowMs = (): number => Date.now()
  return openPublisher(
    { store, money, keys, node, registry, chain, escrow, nowMs, load, ...pace(network).settling },
    signal,
  )
}

/** Two tabs with one key would lease and promise against each other, so only one at a time is the publisher. */
async function holdTurn(signal: AbortSignal): Promise<void> {
  const released = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  const isHeld = await new Promise<boolean>((resolve) => {
    navigator.locks
      .request('weft-publisher', { signal: AbortSignal.timeout(TURN_MS) }, async () => {
        resolve(true)
        await released
      })
      .catch(() => resolve(false)) // the time is over
  })
  if (!isHeld)
    throw new Failure(
      'refused',
      'Another tab of this browser is the publisher already. Go on there, or close it and load this page again',
    )
}
