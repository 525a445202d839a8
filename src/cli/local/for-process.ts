import type { Network } from '../../protocol/network.ts'
import type { LocalNetwork } from './local-network.ts'

/** The network as a process of this machine uses it: the chain itself instead of the pages' way to it. */
export function forProcess({ network, rpcUrl, url }: LocalNetwork): Network {
  return {
    ...network,
    rpc: rpcUrl,
    ...(network.faucet === undefined ? {} : { faucet: new URL(network.faucet, url).href }),
  }
}
