import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Statement } from '../protocol/statement.ts'
import type { Leaf, SumTree } from '../protocol/sum-tree.ts'
import { buildTree, rootOf } from '../protocol/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'

/** What everybody has earned in a job so far, and the digest of the verdicts that say so. */
export type Earned = {
  readonly payees: ReadonlyMap<Address, Wei>
  /** Verified units. */
  readonly units: number
  readonly verdicts: Hex
  /** No more will be earned. */
  readonly isEnd: boolean
}

/**
 * An epoch with its newest statement, or with the one that became final in its place. `claimed` holds the leaves that were paid.
 */
export type Epoch = {
  readonly statement: Statement
  readonly tree: SumTree
  readonly isPosted: boolean
  readonly claimed: ReadonlySet<number>
}

/** The statements of one job, rebuilt from the settler's journal. Holds the rule that totals never pass the budget. */
export class Book {
  readonly jobId: Hex
  readonly budget: Wei
  /** By number. The last one may still grow; the others are posted or about to be. */
  readonly epochs: Epoch[] = []
  /** What each payee has in the epochs that ended, and how much that is together. */
  readonly #settled = new Map<Address, bigint>()
  #ended = 0n

  constructor(jobId: Hex, budget: Wei) {
    this.jobId = jobId
    this.budget = budget
  }

  /** The newest epoch while it is open. */
  get open(): Epoch | undefined {
    const newest = this.epochs.at(-1)
    return newest === undefined || isEnded(newest) ? undefined : newest
  }

  /** The epochs that ended and have leaves that can still be paid. */
  get unpaid(): Epoch[] {
    return this.epochs.filter((epoch) => isEnded(epoch) && epoch.claimed.size < epoch.tree.leaves.length)
  }

  /**
   * The leaves that this epoch's next statement would have: what each has earned beyond the epochs that ended. A payee keeps
   * its place from one statement of an epoch to the next.
   */
  leaves(earned: Earned): Leaf[] {
    const places = this.open?.tree.leaves.map(({ account }) => account) ?? []
    return [...new Set([...places, ...earned.payees.keys()])]
      .map((account) => {
        const total = earned.payees.get(account) ?? toWei(0n)
        const amount = toWei(total - (this.#settled.get(account) ?? 0n), `earned by ${account}`)
        return { account, amount, earned: total }
      })
      .filter(({ amount }) => amount > 0n)
      .map((leaf, index) => ({ ...leaf, index }))
  }

  /**
   * The next statement over `leaves`, without changing the book. Throws `uncovered` when all epochs together would pass the
   * budget.
   */
  draft(
    leaves: readonly Leaf[],
    facts: { readonly units: number; readonly dataHash: Hex; readonly isLast: boolean },
  ): Epoch {
    const tree = buildTree(leaves)
    const { root, total } = rootOf(tree)
    const promised = this.#ended + total
    if (promised > this.budget) {
      throw new Failure(
        'uncovered',
        `Job ${this.jobId}: ${promised} wei would be promised, the budget is ${this.budget} wei`,
      )
    }
    const seq = (this.open?.statement.seq ?? 0) + 1
    const statement = {
      jobId: this.jobId,
      epoch: this.epochs.length - (this.open === undefined ? 0 : 1),
      seq,
      depth: tree.depth,
      total,
      root,
      ...facts,
    }
    return { statement, tree, isPosted: false, claimed: new Set() }
  }

  /** Takes in a statement that was journaled. Throws `malformed` when it does not follow on what is there. */
  enter(epoch: Epoch): void {
    const { open } = this
    const ended = this.epochs.length - (open === undefined ? 0 : 1)
    const follows = epoch.statement.epoch === ended && epoch.statement.seq === (open?.statement.seq ?? 0) + 1
    if (!follows)
      throw new Failure(
        'malformed',
        `Job ${this.jobId}: statement ${epoch.statement.epoch}.${epoch.statement.seq} does not follow`,
      )
    this.epochs[ended] = epoch
    if (isEnded(epoch)) this.#settle(epoch, 1n)
  }

  /**
   * Ends an epoch with an older statement of it that became final on chain. What that lacks is not settled any more: it goes into
   * the next statement. Returns how much that is.
   */
  replace(final: Epoch): Wei {
    const { epoch: number, total } = final.statement
    const known = this.#at(number)
    if (isEnded(known)) this.#settle(known, -1n)
    this.#settle(final, 1n)
    this.epochs[number] = { ...final, isPosted: true }
    return toWei(known.statement.total - total, `what epoch ${number} lacks`)
  }

  /** Notes that an epoch is on chain. */
  post(number: number): void {
    this.#change(number, (epoch) => ({ ...epoch, isPosted: true }))
  }

  /** Notes that leaves of an epoch were paid. */
  claim(number: number, indexes: readonly number[]): void {
    this.#change(number, (epoch) => ({ ...epoch, claimed: new Set([...epoch.claimed, ...indexes]) }))
  }

  #change(number: number, change: (epoch: Epoch) => Epoch): void {
    this.epochs[number] = change(this.#at(number))
  }

  #at(number: number): Epoch {
    const epoch = this.epochs[number]
    if (epoch === undefined) throw new Failure('malformed', `Job ${this.jobId}: there is no epoch ${number}`)
    return epoch
  }

  #settle({ statement, tree }: Epoch, sign: 1n | -1n): void {
    this.#ended += sign * statement.total
    for (const { account, amount } of tree.leaves)
      this.#settled.set(account, (this.#settled.get(account) ?? 0n) + sign * amount)
  }
}

/** Nothing is added to an epoch any more: its last statement is made, or one of it is final on chain. */
function isEnded({ statement, isPosted }: Epoch): boolean {
  return statement.isLast || isPosted
}
