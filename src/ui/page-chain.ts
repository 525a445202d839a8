import type { Chain } from '../chain/chain.ts'
import { openChain } from '../chain/chain.ts'
import { chainInfo, LOCAL_CHAIN_ID } from '../chain/chains.ts'
import { EarnedReader } from '../chain/wallet-payments.ts'
import type { Address } from '../protocol/address.ts'
import type { Network } from '../protocol/network.ts'

/** Opens the chain of this page's network. */
export function openPageChain(network: Network): Chain {
  return openChain({
    rpcUrl: rpcUrlOf(network),
    escrow: network.escrow,
    confirmations: chainInfo(network.chainId).confirmations,
    pollMs: network.chainId === LOCAL_CHAIN_ID ? 250 : 4_000,
  })
}

/** Follows what the escrow paid to an account. */
export function followPayments(network: Network, account: Address): EarnedReader {
  return new EarnedReader(openPageChain(network), [account])
}

/** The absolute address of the chain. */
export function rpcUrlOf({ rpc }: Network): string {
  return new URL(rpc, location.href).href
}
