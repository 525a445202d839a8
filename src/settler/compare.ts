import type { Leaf } from '../protocol/statement/sum-tree.ts'
import type { Book, Epoch, OnChain } from './book.ts'
import type { EscrowPort, Posted } from './escrow-port.ts'

/** Where the chain differs from what a book says of an epoch: a reorg removed something, or others claimed. */
export type Difference = {
  readonly epoch: number
  /** What the chain holds of it. */
  readonly posted: OnChain | undefined
  /** Leaves that were noted as paid and are not. */
  readonly lost: readonly Leaf[]
  /** Leaves that are paid and were not noted. */
  readonly found: readonly Leaf[]
}

/** Compares every epoch that was on chain with the chain and yields what differs. Throws `unreachable`. */
export async function* compare(
  book: Book,
  escrow: Pick<EscrowPort, 'posted' | 'areClaimed'>,
): AsyncGenerator<Difference, void> {
  for (const number of [...book.epochs.keys()]) {
    const epoch = book.epochs[number]
    if (epoch?.posted === undefined) continue
    const there = await escrow.posted(number)
    const posted = there === undefined ? undefined : { seq: there.seq, total: there.total }
    const [lost, found] = await compareClaims(epoch, there, escrow)
    const isLess = posted === undefined || posted.seq < epoch.posted.seq
    if (isLess || lost.length > 0 || found.length > 0) yield { epoch: number, posted, lost, found }
  }
}

async function compareClaims(
  { statement, tree, claimed }: Epoch,
  there: Posted | undefined,
  escrow: Pick<EscrowPort, 'areClaimed'>,
): Promise<readonly [lost: Leaf[], found: Leaf[]]> {
  const noted = tree.leaves.filter(({ index }) => claimed.has(index))
  if (there === undefined) return [noted, []]
  if (there.claimed === noted.reduce((sum, { amount }) => sum + amount, 0n)) return [[], []]
  const indexes = tree.leaves.map(({ index }) => index)
  const isPaid = await escrow.areClaimed(statement.epoch, indexes)
  const lost = noted.filter(({ index }) => isPaid[index] === false)
  return [lost, tree.leaves.filter(({ index }) => isPaid[index] === true && !claimed.has(index))]
}
