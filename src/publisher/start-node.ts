import { join } from 'node:path'
import { balanceOf, chainIdentity, openChain } from '../chain/chain.ts'
import { LOCAL_CHAIN_ID } from '../chain/chains.ts'
import { fund } from '../chain/faucet.ts'
import { openRegistry } from '../p2p/registry/registry.ts'
import type { Listen } from '../p2p/server-node.ts'
import { openServerNode } from '../p2p/server-node.ts'
import { accountOf } from '../protocol/account.ts'
import type { Network } from '../protocol/network.ts'
import { checkChain } from '../protocol/network.ts'
import { toWei } from '../protocol/wei.ts'
import { loadKeyFile } from '../store/node-keys.ts'
import { openNodeStore } from '../store/node-store.ts'
import { loadInNode } from '../worker/node-kernel.ts'
import { pace } from './pace.ts'
import type { PublisherEngine } from './publisher.ts'
import { openPublisher } from './publisher.ts'

export type NodePublisherOptions = {
  /** The network, with an absolute URL in `rpc`. */
  readonly network: Network
  /** Where keys and jobs are kept. */
  readonly folder: string
  /** Where providers reach it. */
  readonly listen: Listen
}

/** Test coins for a publisher of the local chain: enough for many sample jobs. */
const TEST_WEI = toWei(100n * 10n ** 18n)
const LOW_WEI = 10n * 10n ** 18n

/** Starts a publisher in Node until the signal aborts. On the local chain its accounts are kept in test coins. Throws `unreachable`, `storage` or `refused`. */
export async function startNodePublisher(
  { network, folder, listen }: NodePublisherOptions,
  signal: AbortSignal,
): Promise<PublisherEngine> {
  const { escrow, relays } = network
  const money = openChain({ rpcUrl: network.rpc, escrow, ...pace(network).polling })
  const chain = await chainIdentity(money)
  checkChain(network, chain)
  const keyFolder = join(folder, 'keys')
  const keys = {
    publisher: await loadKeyFile(keyFolder, 'publisher'),
    settler: await loadKeyFile(keyFolder, 'settler'),
  }
  if (network.chainId === LOCAL_CHAIN_ID) {
    for (const account of [accountOf(keys.publisher), accountOf(keys.settler)]) {
      if ((await balanceOf(money, account)) < LOW_WEI) await fund(money, account, TEST_WEI)
    }
  }
  const store = await openNodeStore(
    join(folder, `jobs-${chain.chainId}-${chain.genesis.slice(2, 10)}`),
    signal,
  )
  const node = await openServerNode({ key: keys.publisher, relays, listen }, signal)
  const registry = openRegistry(node, signal)
  const parts = { store, money, keys, node, registry, chain, escrow, nowMs: Date.now, load: loadInNode }
  return openPublisher({ ...parts, ...pace(network).settling }, signal)
}
