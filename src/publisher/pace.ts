import { chainInfo, LOCAL_CHAIN_ID } from '../chain/chains.ts'
import type { Network } from '../protocol/network.ts'

/** How often a publisher asks the chain, promises and posts. */
export type Pace = {
  readonly polling: { readonly pollMs: number; readonly confirmations: number }
  readonly settling: { readonly statementMs: number; readonly epochMs: number }
}

const DAY_MS = 86_400_000

/** On the local chain gas is free and a visitor should see money move; elsewhere statements are cheap and posts are not. */
export function pace({ chainId }: Network): Pace {
  if (chainId === LOCAL_CHAIN_ID)
    return { polling: { pollMs: 100, confirmations: 1 }, settling: { statementMs: 2_000, epochMs: 15_000 } }
  return {
    polling: { pollMs: 4_000, confirmations: chainInfo(chainId).confirmations },
    settling: { statementMs: 20_000, epochMs: DAY_MS },
  }
}
