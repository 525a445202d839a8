import type { Keccak } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import { packLeafList } from '../protocol/statement/leaf-list.ts'
import type { Statement } from '../protocol/statement/statement.ts'
import type { Leaf, SumTree, TreeUpdate } from '../protocol/statement/sum-tree.ts'
import { applyUpdate, buildTree, planUpdate, rootOf } from '../protocol/statement/sum-tree.ts'
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
 * The tree of an open epoch grows with its next statement: who waits for something asks the book for the epoch again.
 */
export type Epoch = {
  readonly statement: Statement
  readonly tree: SumTree
  /** The leaf of each payee. */
  readonly places: Map<Address, number>
  /** The digest of the verdicts behind it: with the leaves it is what the statement's `dataHash` names. */
  readonly verdicts: Hex
  /** The newest statement of it on chain; undefined while there is none. */
  readonly posted: OnChain | undefined
  /** It ended with a statement that is not marked as its last: that became final on chain. */
  readonly isCut: boolean
  readonly claimed: Set<number>
}

/** A statement that is on chain: its place in the epoch, and its total. */
export type OnChain = { readonly seq: number; readonly total: Wei }

/** What the next statement of the open epoch changes or adds, and its total. */
export type Changes = { readonly leaves: readonly Leaf[]; readonly total: Wei }

/** A statement that is not entered yet: the tree is as it was. */
export type Draft = {
  readonly statement: Statement
  readonly verdicts: Hex
  readonly tree: SumTree
  readonly update: TreeUpdate
}

/** The statements of one job, rebuilt from the settler's journal. Holds the rule that totals never pass the budget. */
export class Book {
  readonly jobId: Hex
  budget: Wei
  /** By number. The last one may still grow; the others are posted or about to be. */
  readonly epochs: Epoch[] = []
  /** Since when something of the open epoch is not on chain (ms since 1970), as far as that was kept. */
  unpostedSince: number | undefined
  /** What each payee has in the epochs that ended, and how much that is together. */
  readonly #settled = new Map<Address, bigint>()
  #ended = 0n
  readonly #hash: Keccak | undefined

  /** `hash` makes the trees, where there is a faster keccak than our usual one. */
  constructor(jobId: Hex, budget: Wei, hash?: Keccak) {
    this.jobId = jobId
    this.budget = budget
    this.#hash = hash
  }

  /** The newest epoch while it is open. */
  get open(): Epoch | undefined {
    const newest = this.epochs.at(-1)
    return newest === undefined || isEnded(newest) ? undefined : newest
  }

  /** The epochs that ended and are not on chain as they ended. */
  get unposted(): Epoch[] {
    return this.epochs.filter((epoch) => isEnded(epoch) && !isPosted(epoch))
  }

  /** The epochs that ended and have leaves that can still be paid. */
  get unpaid(): Epoch[] {
    return this.epochs.filter((epoch) => isEnded(epoch) && epoch.claimed.size < epoch.tree.leaves.length)
  }

  /**
   * What is new since the newest statement: each payee has a leaf for what it earned beyond the epochs that ended, and keeps its
   * place from one statement of an epoch to the next. Throws `malformed` when somebody has earned less than was promised.
   */
  changes({ payees }: Pick<Earned, 'payees'>): Changes {
    const { open } = this
    const [known, places] = [open?.tree.leaves ?? [], open?.places]
    const leaves: Leaf[] = []
    let [total, size, found]: [bigint, number, number] = [open?.statement.total ?? 0n, known.length, 0]
    for (const [account, earned] of payees) {
      const place = places?.get(account)
      const leaf = place === undefined ? undefined : known[place]
      const amount = earned - (this.#settled.get(account) ?? 0n)
      if (leaf !== undefined) found += 1
      if (amount === (leaf?.amount ?? 0n)) continue
      if (amount < (leaf?.amount ?? 0n))
        throw malformed(`earned by ${account}`, 'no less than before', earned)
      leaves.push({ account, amount: toWei(amount), earned, index: place ?? size })
      if (place === undefined) size += 1
      total += amount - (leaf?.amount ?? 0n)
    }
    if (found < known.length) throw malformed('earned', `all ${known.length} payees of the epoch`, found)
    return { leaves, total: toWei(total, 'total') }
  }

  /**
   * The next statement with these changes, without changing the book. Throws `uncovered` when all epochs together would pass the
   * budget.
   */
  draft(
    changes: Changes,
    facts: { readonly units: number; readonly verdicts: Hex; readonly isLast: boolean },
  ): Draft {
    const { open, jobId } = this
    const promised = this.#ended + changes.total
    if (promised > this.budget) {
      throw new Failure(
        'uncovered',
        `Job ${jobId}: ${promised} wei would be promised, the budget is ${this.budget} wei`,
      )
    }
    const { units, verdicts, isLast } = facts
    const tree = open?.tree ?? buildTree([])
    const update = planUpdate(tree, changes.leaves, this.#hash)
    const { depth, total, root } = update
    const dataHash: Hex = `0x${digestOf(packLeafList({ leaves: merge(tree.leaves, update.leaves), verdicts }))}`
    const epoch = this.epochs.length - (open === undefined ? 0 : 1)
    const seq = (open?.statement.seq ?? 0) + 1
    const statement = { jobId, epoch, seq, depth, total, root, units, dataHash, isLast }
    return { statement, verdicts, tree, update }
  }

  /** Takes in a draft that was journaled. Throws `malformed` when it does not follow on what is there. */
  enter({ statement, verdicts, tree, update }: Draft): Epoch {
    this.#mustFollow(statement)
    const places = this.open?.places ?? new Map<Address, number>()
    applyUpdate(tree, update)
    for (const { account, index } of update.leaves) places.set(account, index)
    return this.restore(newEpoch({ statement, verdicts, tree, places }))
  }

  /** Takes in an epoch as its newest statement left it. Throws `malformed` when it does not follow on what is there. */
  restore(epoch: Epoch): Epoch {
    const { open } = this
    this.#mustFollow(epoch.statement)
    const entered = { ...epoch, posted: open?.posted }
    this.epochs[epoch.statement.epoch] = entered
    if (isEnded(entered)) this.#settle(entered, 1n)
    return entered
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
    const { seq } = final.statement
    this.epochs[number] = { ...final, posted: { seq, total }, isCut: true }
    return toWei(known.statement.total - total, `what epoch ${number} lacks`)
  }

  /** Notes what is on chain of an epoch. A reorg may have taken it away. */
  post(number: number, posted: OnChain | undefined): void {
    const kept = posted && { seq: posted.seq, total: posted.total }
    this.#change(number, (epoch) => ({ ...epoch, posted: kept }))
  }

  /** Notes that leaves of an epoch were paid. */
  claim(number: number, indexes: readonly number[]): void {
    const { claimed } = this.#at(number)
    for (const index of indexes) claimed.add(index)
  }

  /** Notes that leaves of an epoch were not paid after all: a reorg has removed that. */
  unclaim(number: number, indexes: readonly number[]): void {
    const { claimed } = this.#at(number)
    for (const index of indexes) claimed.delete(index)
  }

  #mustFollow({ epoch, seq }: Statement): void {
    const { open } = this
    if (epoch === this.epochs.length - (open === undefined ? 0 : 1) && seq > (open?.statement.seq ?? 0))
      return
    throw new Failure('malformed', `Job ${this.jobId}: statement ${epoch}.${seq} does not follow`)
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

/** The epoch that a statement and all its leaves make. Throws `malformed` when they do not belong together. */
export function makeEpoch(statement: Statement, leaves: readonly Leaf[], verdicts: Hex): Epoch {
  const tree = buildTree(leaves)
  const { root, total } = rootOf(tree)
  if (root !== statement.root || total !== statement.total || tree.depth !== statement.depth)
    throw malformed('statement.leaves', 'the leaves of the statement')
  const places = new Map(leaves.map(({ account, index }) => [account, index]))
  return newEpoch({ statement, verdicts, tree, places })
}

function newEpoch(stated: Pick<Epoch, 'statement' | 'verdicts' | 'tree' | 'places'>): Epoch {
  return { ...stated, posted: undefined, isCut: false, claimed: new Set() }
}

function merge(leaves: readonly Leaf[], changed: readonly Leaf[]): Leaf[] {
  const merged = [...leaves]
  for (const leaf of changed) merged[leaf.index] = leaf
  return merged
}

/** Nothing is added to an epoch any more: its last statement is made, or one of it is final on chain. */
function isEnded({ statement, isCut }: Epoch): boolean {
  return statement.isLast || isCut
}

/** Tells whether the newest statement of an epoch is on chain. */
export function isPosted({ statement, posted }: Epoch): boolean {
  return posted !== undefined && posted.seq >= statement.seq
}
