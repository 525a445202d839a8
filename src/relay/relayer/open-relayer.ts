import type { Libp2p } from '@libp2p/interface'
import type { Chain } from '../../chain/chain.ts'
import { chainIdentity } from '../../chain/chain.ts'
import { LOCAL_CHAIN_ID } from '../../chain/chains.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import type { Failure } from '../../protocol/failure.ts'
import { malformed } from '../../protocol/failure.ts'
import { Relayer } from './relayer.ts'
import { serveRelayer } from './serve-relayer.ts'

/** How a relay's operator sends calls of the escrow for others. */
export type RelayerOptions = {
  readonly chain: Chain
  /** The account that pays the gas and gets the fees: a key for this alone, with little on it. */
  readonly key: PrivateKey
  /** Whether nothing is taken for it: on the local chain unless it is said otherwise. */
  readonly isFree?: boolean
  /** What is asked, in percent of what the gas costs: 130 without. */
  readonly marginPercent?: number
  /** Tokens that fees are taken in besides the chain's coin: what 10^18 of a token's smallest units are worth, in wei. */
  readonly tokenPrices?: ReadonlyMap<Address, bigint>
  /** Whether challenges are sent: their fee comes only when nobody answers them. */
  readonly hasChallenges?: boolean
  readonly questionsPerMinute?: number
  readonly maxInFlight?: number
  /** Fills the account up before each send, where coins are free. */
  refill?(): Promise<void>
  onTrouble?(failure: Failure): void
}

/** The largest call with its proofs is some 200 KiB. */
const BUDGET = { framesPerSecond: 4, bytesPerSecond: 64 * 1024, burstSeconds: 10 }

/** Makes a relay's node a relayer. Throws `malformed`, or `unreachable` when the chain does not answer. */
export async function openRelayer(libp2p: Libp2p, options: RelayerOptions): Promise<void> {
  const { chain, marginPercent = 130, tokenPrices = new Map() } = options
  if (!Number.isInteger(marginPercent) || marginPercent < 100 || marginPercent > 1_000)
    throw malformed('relayer.marginPercent', 'a whole number from 100 to 1000', marginPercent)
  const { chainId } = await chainIdentity(chain)
  const tariff = {
    ...{ marginPercent, tokenPrices, hasChallenges: options.hasChallenges ?? false },
    isFree: options.isFree ?? chainId === LOCAL_CHAIN_ID,
  }
  const relayer = new Relayer({ ...options, tariff, maxInFlight: options.maxInFlight ?? 32 })
  const limits = { questionsPerMinute: options.questionsPerMinute ?? 30, budget: BUDGET }
  await serveRelayer(libp2p, relayer, limits)
}
