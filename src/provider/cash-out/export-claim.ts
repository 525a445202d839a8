import { encodeClaims } from '../../chain/escrow/payouts.ts'
import type { Domain } from '../../protocol/escrow/domain.ts'
import type { ProvenLeaf } from '../../protocol/escrow/relayed-call.ts'
import { Failure } from '../../protocol/failure.ts'

/**
 * Writes down the transaction that pays leaves, `amounts` in all, to their accounts, for whoever has gas: a wallet that takes raw data, or `cast`
 * of Foundry. Throws `refused` when there is nothing to pay.
 */
export function exportClaim(
  leaves: readonly ProvenLeaf[],
  amounts: string,
  { chainId, escrow }: Domain,
): string {
  if (leaves.length === 0) throw new Failure('refused', 'Nothing is claimable just now')
  const { data } = encodeClaims(leaves)
  const accounts = [...new Set(leaves.map(({ leaf }) => leaf.account))]
  const about = `Anybody may send this transaction, from any wallet. It pays ${amounts} to ${accounts.join(', ')}.`
  const how = `cast send --chain ${chainId} --rpc-url RPC_URL --interactive ${escrow} ${data}`
  return `${JSON.stringify({ about, chainId, to: escrow, value: '0x0', data, how }, null, 2)}\n`
}
