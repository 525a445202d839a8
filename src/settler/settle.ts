import { mayPost } from '../market/posting.ts'
import type { PrivateKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { encodeCbor } from '../protocol/cbor.ts'
import { digestOf } from '../protocol/digest.ts'
import type { Domain } from '../protocol/escrow/domain.ts'
import type { Opening } from '../protocol/escrow/opening.ts'
import { Failure } from '../protocol/failure.ts'
import type { SignedStatement } from '../protocol/statement.ts'
import { packLeaf, signStatement } from '../protocol/statement.ts'
import type { Leaf } from '../protocol/sum-tree.ts'
import { proofOf } from '../protocol/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import type { Journal } from '../store/store.ts'
import type { Book, Earned, Epoch } from './book.ts'
import { findStatement, packClaimed, packPosted, packReplaced, packStatements } from './settler-record.ts'

/** What the settler says to one payee: a statement, the payee's leaf in it with its proof, and the opening that a post takes. */
export type Promised = {
  readonly signed: SignedStatement
  readonly leaf: Leaf
  readonly proof: Uint8Array
  readonly opening: Opening
}

/** A leaf to claim, with its proof. */
export type Due = Pick<Promised, 'leaf' | 'proof'>

export type SettlerEvent =
  | { readonly kind: 'promised'; readonly total: Wei }
  | { readonly kind: 'posted'; readonly epoch: number; readonly total: Wei; readonly transaction: Hex }
  | {
      readonly kind: 'claimed'
      readonly epoch: number
      readonly leaves: readonly Leaf[]
      /** Undefined when somebody else had claimed them. */
      readonly transaction: Hex | undefined
    }
  /** Accounts that took no coins: the escrow keeps what they were to get as their credit. */
  | { readonly kind: 'credited'; readonly epoch: number; readonly leaves: readonly Leaf[] }
  /** Somebody posted an older statement of an epoch and it became final: what it lacks is promised again in the next epoch. */
  | { readonly kind: 'carried'; readonly epoch: number; readonly missing: Wei }
  | { readonly kind: 'trouble'; readonly failure: Failure }

/** What a settler needs from outside. */
export type SettlerPorts = {
  /** What is earned so far. It only ever grows. */
  earned(): Earned
  /** Hands promises over to whoever can reach the payees. */
  deliver(promised: readonly Promised[]): void
  report(event: SettlerEvent): void
  readonly journal: Journal
  readonly escrow: EscrowPort
  nowMs(): number
  /** Waits for the next turn: an interval, or less when something important happened. */
  turn(signal: AbortSignal): Promise<void>
}

/** The calls of the escrow that settling makes. */
export type EscrowPort = {
  post(signed: SignedStatement): Promise<Hex>
  /** Pays leaves, and names the accounts that refused their money: it is their credit now. */
  claim(
    epoch: number,
    leaves: readonly Due[],
  ): Promise<{ readonly transaction: Hex; readonly credited: readonly Address[] }>
  /** What is posted of an epoch; undefined while nothing is. */
  posted(epoch: number): Promise<Posted | undefined>
  isClaimed(epoch: number, index: number): Promise<boolean>
}

/** What the chain holds of an epoch. */
export type Posted = { readonly seq: number; readonly root: Hex; readonly isFinal: boolean }

export type SettlerOptions = {
  /** What was journaled so far. */
  readonly book: Book
  readonly domain: Domain
  readonly key: PrivateKey
  readonly opening: Opening
  /** The longest that an epoch goes on before it is posted. */
  readonly maxEpochMs: number
}

/** One transaction claims at most so many leaves. */
const CLAIM_BATCH = 50

/** The settler of one job: promises what is earned, posts, and claims every final leaf for its payee. */
export class Settler {
  readonly #ports: SettlerPorts
  readonly #options: SettlerOptions
  #epochSinceMs: number
  #paying: Promise<void> | undefined
  /** The open epoch that somebody else has posted already: it ends with its next statement. */
  #begun: number | undefined
  /** Older statements that are final on chain, by epoch, until they are journaled in the place of the newer ones. */
  readonly #stale = new Map<number, Epoch>()
  /** What went wrong and is no failure of the chain or the store. */
  #bug: unknown

  constructor(ports: SettlerPorts, options: SettlerOptions) {
    this.#ports = ports
    this.#options = options
    this.#epochSinceMs = ports.nowMs()
  }

  /**
   * Settles until everything earned is paid, or `signal` aborts. Statements do not wait for the chain: what has ended is posted
   * and paid beside them. Trouble is reported and tried again.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { book } = this.#options
    while (!signal.aborted) {
      const earned = this.#ports.earned()
      await this.#attempt(() => this.#carry(), signal)
      await this.#attempt(() => this.#state(earned), signal)
      const paying = this.#pay(signal)
      if (earned.isEnd && book.open === undefined) await paying
      if (this.#bug !== undefined) throw this.#bug
      if (earned.isEnd && this.#isSettled(earned)) return
      await this.#ports.turn(signal)
    }
    await this.#paying
  }

  /** What is promised to a payee and not yet paid: for a provider that comes back. */
  promisedTo(payee: Address): Promised[] {
    return this.#options.book.epochs.flatMap((epoch) => {
      const leaf = epoch.tree.leaves.find(({ account }) => account === payee)
      return leaf === undefined || epoch.claimed.has(leaf.index) ? [] : this.#promises(epoch, [leaf])
    })
  }

  /** Posts what has ended and claims what is final, unless that is going on already. */
  #pay(signal: AbortSignal): Promise<void> {
    const work = async (): Promise<void> => {
      const { book } = this.#options
      await this.#attempt(() => this.#watchOpen(), signal)
      await this.#attempt(async () => {
        for (const epoch of book.unpaid) if (!epoch.isPosted) await this.#post(epoch)
      }, signal)
      for (const { statement, isPosted } of book.unpaid)
        if (isPosted) await this.#attempt(() => this.#claimAll(statement.epoch, signal), signal)
    }
    this.#paying ??= work()
      .catch((error: unknown) => {
        this.#bug = error
      })
      .finally(() => {
        this.#paying = undefined
      })
    return this.#paying
  }

  async #attempt(action: () => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (!signal.aborted) this.#ports.report({ kind: 'trouble', failure: error })
    }
  }

  #isSettled(earned: Earned): boolean {
    const { book } = this.#options
    return book.open === undefined && book.unpaid.length === 0 && book.leaves(earned).length === 0
  }

  /** Makes the next statement when something changed or the epoch is to end. It is journaled before it is signed. */
  async #state(earned: Earned): Promise<void> {
    const { book, opening, maxEpochMs } = this.#options
    const leaves = book.leaves(earned)
    const total = leaves.reduce((sum, leaf) => sum + leaf.amount, 0n) as Wei
    const nowMs = this.#ports.nowMs()
    if (total === 0n) this.#epochSinceMs = nowMs
    const ageMs = nowMs - this.#epochSinceMs
    const isBegun = book.open !== undefined && book.open.statement.epoch === this.#begun
    const isEnd = earned.isEnd || isBegun
    const isLast = mayPost({ total, bond: opening.bond, ageMs, maxAgeMs: maxEpochMs, isEnd })
    const isSame = book.open === undefined ? total === 0n : book.open.statement.total === total
    if (isSame && !isLast) return
    const data = { leaves: leaves.map(packLeaf), verdicts: earned.verdicts }
    const dataHash: Hex = `0x${digestOf(encodeCbor(data))}`
    const epoch = book.draft(leaves, { units: earned.units, dataHash, isLast })
    await this.#ports.journal.append(packStatements(epoch), { strict: true })
    book.enter(epoch)
    if (isLast) this.#epochSinceMs = nowMs
    this.#ports.deliver(this.#promises(epoch, leaves))
    this.#ports.report({ kind: 'promised', total })
  }

  /** Posts an ended epoch, unless it is on chain already: a crash may have come between sending and writing it down. */
  async #post(epoch: Epoch): Promise<void> {
    const { statement } = epoch
    const { escrow, journal, report } = this.#ports
    const there = await escrow.posted(statement.epoch)
    const isThere = there !== undefined && (there.isFinal || there.seq >= statement.seq)
    if (isThere && there.root !== statement.root) return this.#find(statement.epoch, there)
    const transaction = isThere ? undefined : await escrow.post(this.#sign(epoch))
    await journal.append(packPosted(statement.epoch))
    this.#options.book.post(statement.epoch)
    if (transaction !== undefined)
      report({ kind: 'posted', epoch: statement.epoch, total: statement.total, transaction })
  }

  /** Anybody may post a statement that he was shown: what is posted of the open epoch ends it. */
  async #watchOpen(): Promise<void> {
    const { open } = this.#options.book
    if (open === undefined) return
    const { epoch } = open.statement
    const there = await this.#ports.escrow.posted(epoch)
    if (there !== undefined) this.#begun = epoch
    if (there?.isFinal === true) await this.#find(epoch, there)
  }

  /** Finds the older statement that is final on chain. It is entered between two statements, so that none is made meanwhile. */
  async #find(epoch: number, { seq, root }: Posted): Promise<void> {
    const found = await findStatement(this.#ports.journal, { epoch, root })
    if (found === undefined)
      throw new Failure(
        'refused',
        `The chain holds statement ${epoch}.${seq}, which is not in this settler's journal: its key is used elsewhere`,
      )
    this.#stale.set(epoch, found)
  }

  /** Puts what became final in the place of newer statements; what it lacks goes into the next statement. */
  async #carry(): Promise<void> {
    const { book } = this.#options
    for (const [number, final] of this.#stale) {
      if (book.epochs[number]?.isPosted === false) {
        await this.#ports.journal.append(packReplaced(final), { strict: true })
        const missing = book.replace(final)
        this.#epochSinceMs = this.#ports.nowMs()
        if (missing > 0n) this.#ports.report({ kind: 'carried', epoch: number, missing })
      }
      this.#stale.delete(number)
    }
  }

  /** Claims what is final, for everybody. */
  async #claimAll(number: number, signal: AbortSignal): Promise<void> {
    const { book } = this.#options
    if ((await this.#ports.escrow.posted(number))?.isFinal !== true) return
    const epoch = book.epochs[number]
    const due = epoch?.tree.leaves.filter(({ index }) => !epoch.claimed.has(index))
    for (let from = 0; epoch !== undefined && due !== undefined && from < due.length; from += CLAIM_BATCH) {
      if (signal.aborted) return
      await this.#claim(epoch, due.slice(from, from + CLAIM_BATCH))
    }
  }

  /** Claims those of some leaves that nobody has claimed yet. */
  async #claim(epoch: Epoch, leaves: readonly Leaf[]): Promise<void> {
    const { escrow } = this.#ports
    const number = epoch.statement.epoch
    const isPaid = await Promise.all(leaves.map(({ index }) => escrow.isClaimed(number, index)))
    const due = leaves.filter((_, place) => isPaid[place] === false)
    await this.#notePaid(
      number,
      leaves.filter((_, place) => isPaid[place] === true),
      undefined,
    )
    if (due.length === 0) return
    const proven = due.map((leaf) => ({ leaf, proof: proofOf(epoch.tree, leaf.index) }))
    const { transaction, credited } = await escrow.claim(number, proven)
    await this.#notePaid(number, due, transaction)
    const refused = due.filter(({ account }) => credited.includes(account))
    if (refused.length > 0) this.#ports.report({ kind: 'credited', epoch: number, leaves: refused })
  }

  async #notePaid(epoch: number, leaves: readonly Leaf[], transaction: Hex | undefined): Promise<void> {
    if (leaves.length === 0) return
    const indexes = leaves.map((leaf) => leaf.index)
    await this.#ports.journal.append(packClaimed(epoch, { indexes, transaction }))
    this.#options.book.claim(epoch, indexes)
    this.#ports.report({ kind: 'claimed', epoch, leaves, transaction })
  }

  #promises(epoch: Epoch, leaves: readonly Leaf[]): Promised[] {
    const signed = this.#sign(epoch)
    const { opening } = this.#options
    return leaves.map((leaf) => ({ signed, leaf, proof: proofOf(epoch.tree, leaf.index), opening }))
  }

  /** Signing again gives the same bytes (RFC 6979), so a signature need not be kept. */
  #sign(epoch: Epoch): SignedStatement {
    const { domain, key } = this.#options
    return signStatement(epoch.statement, domain, key)
  }
}
