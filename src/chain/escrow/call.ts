import type { PrivateKey } from '../../protocol/account.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { Chain } from '../chain.ts'
import { send } from '../transaction/send.ts'
import type { EscrowEvent } from './escrow-event.ts'
import { readEvent } from './escrow-event.ts'

/** Where a call ended up, what its gas cost, and what the escrow said. */
export type Receipt = {
  readonly hash: Hex
  readonly blockNumber: bigint
  readonly feeWei: bigint
  readonly events: readonly EscrowEvent[]
}

/** One call of the escrow; `action` is its name in messages. */
export type Call = { readonly action: string; readonly data: Hex; readonly value?: bigint }

/** Calls the escrow. Throws `reverted` with the contract's reason, `refused`, `unreachable` or `timeout`. */
export async function callEscrow(chain: Chain, key: PrivateKey, call: Call): Promise<Receipt> {
  const receipt = await send(chain, key, { ...call, to: chain.escrow })
  const { transactionHash: hash, blockNumber, gasUsed, effectiveGasPrice } = receipt
  const own = receipt.logs.filter(({ address }) => address.toLowerCase() === chain.escrow)
  return {
    hash,
    blockNumber,
    feeWei: gasUsed * effectiveGasPrice,
    events: own.flatMap((log) => readEvent(log) ?? []),
  }
}
