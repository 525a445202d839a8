import { chainInfo, LOCAL_CHAIN_ID } from '../chain/chains.ts'
import type { Thrift } from '../market/posting.ts'
import type { Network } from '../protocol/network.ts'
import type { Claims } from '../settler/escrow-port.ts'

/** How a publisher's settlers promise, post and claim. */
export type Settling = {
  /** The longest time between two statements. */
  readonly statementMs: number
  readonly thrift: Thrift
  readonly claims: Claims
}

/** How often a publisher asks the chain, promises and posts. */
export type Pace = {
  readonly polling: { readonly pollMs: number; readonly confirmations: number }
  readonly settling: Settling
}

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const COST_MULTIPLE = 50n

/**
 * On the local chain gas is free and a visitor should see money move. Elsewhere statements are cheap and posts are not, and
 * a claim may cost more than it brings: payees take their money themselves.
 */
export function pace({ chainId }: Pick<Network, 'chainId'>): Pace {
  if (chainId === LOCAL_CHAIN_ID) {
    const thrift = { minAgeMs: 15_000, maxAgeMs: 15_000, costMultiple: COST_MULTIPLE }
    const settling = { statementMs: 2_000, thrift, claims: 'all' } as const
    return { polling: { pollMs: 100, confirmations: 1 }, settling }
  }
  const thrift = { minAgeMs: 10 * MINUTE_MS, maxAgeMs: DAY_MS, costMultiple: COST_MULTIPLE }
  return {
    polling: { pollMs: 4_000, confirmations: chainInfo(chainId).confirmations },
    settling: { statementMs: 20_000, thrift, claims: 'none' },
  }
}
