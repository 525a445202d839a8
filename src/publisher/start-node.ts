import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { askFaucet } from '../chain/ask-faucet.ts'
import { chainIdentity, openChain } from '../chain/chain.ts'
import { openRegistry } from '../p2p/registry/registry.ts'
import type { Listen } from '../p2p/server-node.ts'
import { openServerNode } from '../p2p/server-node.ts'
import { accountOf } from '../protocol/account.ts'
import { loadKeccak } from '../protocol/fast-keccak.ts'
import type { Network } from '../protocol/network.ts'
import { checkChain } from '../protocol/network.ts'
import type { Claims } from '../settler/escrow-port.ts'
import { loadKeyFile } from '../store/node-keys.ts'
import { openNodeStore } from '../store/node-store.ts'
import { loadInNode } from '../worker/node-kernel.ts'
import { pace } from './pace.ts'
import type { PublisherEngine } from './publisher.ts'
import { openPublisher } from './publisher.ts'

export type NodePublisherOptions = {
  /** The network, with absolute URLs in `rpc` and `faucet`. */
  readonly network: Network
  /** Where keys and jobs are kept. */
  readonly folder: string
  /** Where providers reach it. */
  readonly listen: Listen
  /** Whether its settlers claim for the payees, if not as is usual on this chain. */
  readonly claims?: Claims
}

/** Starts a publisher in Node until the signal aborts. On the local chain its accounts are kept in test coins. Throws `unreachable`, `storage` or `refused`. */
export async function startNodePublisher(
  { network, folder, listen, ...chosen }: NodePublisherOptions,
  signal: AbortSignal,
): Promise<PublisherEngine> {
  const { escrow, relays } = network
  setMaxListeners(0, signal) // everything that lives as long as the publisher listens to it
  const money = openChain({ rpcUrl: network.rpc, escrow, ...pace(network).polling })
  const chain = await chainIdentity(money)
  checkChain(network, chain)
  const keyFolder = join(folder, 'keys')
  const keys = {
    publisher: await loadKeyFile(keyFolder, 'publisher'),
    settler: await loadKeyFile(keyFolder, 'settler'),
  }
  for (const key of network.faucet === undefined ? [] : [keys.publisher, keys.settler]) {
    await askFaucet(money, accountOf(key), network.faucet ?? '')
  }
  const store = await openNodeStore(
    join(folder, `jobs-${chain.chainId}-${chain.genesis.slice(2, 10)}`),
    signal,
  )
  const node = await openServerNode({ key: keys.publisher, relays, listen }, signal)
  const registry = openRegistry(node, signal)
  const keccak = await loadKeccak()
  const parts = {
    store,
    money,
    keys,
    keccak,
    node,
    registry,
    chain,
    escrow,
    nowMs: Date.now,
    load: loadInNode,
    mayCompile: true,
  }
  return openPublisher({ ...parts, ...pace(network).settling, ...chosen }, signal)
}
