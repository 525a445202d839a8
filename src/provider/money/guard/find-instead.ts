import type { Chain } from '../../../chain/chain.ts'
import { confirmedBlock } from '../../../chain/chain.ts'
import { readEvents } from '../../../chain/watch.ts'
import type { Address } from '../../../protocol/address.ts'
import type { Hex } from '../../../protocol/bytes.ts'
import type { Statement } from '../../../protocol/statement/statement.ts'
import type { Leaf } from '../../../protocol/statement/sum-tree.ts'
import { buildTree, proofOf } from '../../../protocol/statement/sum-tree.ts'
import type { Instead } from '../purse-record.ts'

/** A statement that was posted in the place of the one that is held. */
export type PostedInstead = {
  readonly jobId: Hex
  readonly epoch: number
  readonly root: Hex
  readonly account: Address
}

/** So far back the post is looked for. */
const MAX_BLOCKS = 100_000n

/**
 * Finds what a posted statement gives an account, from its list of leaves. Undefined where the chain's events do not tell of
 * the post. Throws what `fetchLeaves` throws, or `unreachable`.
 */
export async function findInstead(
  chain: Chain,
  { jobId, epoch, root, account }: PostedInstead,
  fetchLeaves: (statement: Statement) => Promise<readonly Leaf[]>,
): Promise<Instead | undefined> {
  const toBlock = await confirmedBlock({ ...chain, confirmations: 1 })
  const fromBlock = toBlock > MAX_BLOCKS ? toBlock - MAX_BLOCKS : 0n
  for (const event of await readEvents(chain, { jobId, fromBlock, toBlock })) {
    if (event.kind !== 'posted') continue
    const { statement } = event
    if (statement.epoch !== epoch || statement.root !== root) continue
    const tree = buildTree(await fetchLeaves(statement))
    const leaf = tree.leaves.find((one) => one.account === account)
    return { root, leaf, proof: leaf === undefined ? new Uint8Array() : proofOf(tree, leaf.index) }
  }
  return undefined
}
