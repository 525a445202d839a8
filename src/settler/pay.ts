import { isEndDue } from '../market/posting.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import type { Leaf } from '../protocol/statement/sum-tree.ts'
import { proofOf } from '../protocol/statement/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import type { Journal } from '../store/store.ts'
import type { Book, Epoch } from './book.ts'
import { isPosted } from './book.ts'
import { compare } from './compare.ts'
import type { Claims, EscrowPort, Posted, SeenClaim } from './escrow-port.ts'
import type { SettlerEvent } from './settler-event.ts'
import { findStatement, packClaimed, packPosted } from './settler-record.ts'

/** What paying needs from outside. */
export type PayPorts = {
  report(event: SettlerEvent): void
  readonly journal: Journal
  readonly escrow: EscrowPort
  readonly book: Book
  readonly claims: Claims
  /** For how many seconds what is posted can be replaced. */
  readonly postDelay: number
  sign(epoch: Epoch): SignedStatement
  /** Runs a step; what fails of it is reported and tried again. */
  attempt(step: () => Promise<void>, signal: AbortSignal): Promise<void>
}

/** One transaction claims at most so many leaves. */
const CLAIM_BATCH = 50

/** The part of a settler that waits for the chain: posts what is due, and claims final leaves for their payees. */
export class Payer {
  readonly #ports: PayPorts
  #paying: Promise<void> | undefined
  #seen: readonly SeenClaim[] = []
  /** What was noted is to be compared with the chain. */
  isDoubtful = false
  /** The open epoch is to be posted as it stands. */
  isPostDue = false
  /** The open epoch whose statement on chain becomes final soon: it ends with the next one. */
  due: number | undefined
  /** What a post costs, where that is known. */
  cost: Wei | undefined
  /** Older statements that are final on chain, by epoch, until they are journaled in the place of the newer ones. */
  readonly stale = new Map<number, Epoch>()
  /** What went wrong and is no failure of the chain or the store. */
  bug: unknown

  constructor(ports: PayPorts) {
    this.#ports = ports
  }

  /** Whether the settler has nothing more to do on chain for what has ended. */
  get isDone(): boolean {
    const { book, claims } = this.#ports
    const isIdle = !this.isDoubtful && this.#seen.length === 0 && book.unposted.length === 0
    return isIdle && (claims === 'none' || book.unpaid.length === 0)
  }

  /** Takes in a claim that was seen on chain. */
  learn(claim: SeenClaim): void {
    this.#seen = [...this.#seen, claim]
  }

  /** Posts what has ended and claims what is final, unless that is going on already. */
  pay(signal: AbortSignal): Promise<void> {
    this.#paying ??= this.#work(signal)
      .catch((error: unknown) => {
        this.bug = error
      })
      .finally(() => {
        this.#paying = undefined
      })
    return this.#paying
  }

  /** Resolves when nothing is under way. */
  async rest(): Promise<void> {
    await this.#paying
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { book, attempt, claims } = this.#ports
    await attempt(() => this.#recheck(), signal)
    await attempt(() => this.#noteSeen(), signal)
    await attempt(() => this.#watchOpen(), signal)
    await attempt(async () => {
      for (const epoch of book.unposted) await this.#post(epoch)
      if (this.isPostDue && book.open !== undefined) await this.#post(book.open)
      this.isPostDue = false
    }, signal)
    if (claims === 'none') return
    for (const epoch of book.unpaid)
      if (isPosted(epoch)) await attempt(() => this.#claimAll(epoch.statement.epoch, signal), signal)
  }

  /** Compares what was noted with the chain. What a reorg removed is sent again: the bytes are the same, so it counts once. */
  async #recheck(): Promise<void> {
    if (!this.isDoubtful) return
    const { book, escrow, report } = this.#ports
    for await (const { epoch, posted, lost, found } of compare(book, escrow)) {
      const isLess = (posted?.seq ?? 0) < (book.epochs[epoch]?.posted?.seq ?? 0)
      if (isLess || lost.length > 0) report({ kind: 'lost', epoch, isPost: isLess, leaves: lost })
      if (isLess) book.post(epoch, posted)
      if (isLess && book.open?.statement.epoch === epoch) this.isPostDue = true
      book.unclaim(
        epoch,
        lost.map(({ index }) => index),
      )
      await this.#notePaid(epoch, found, undefined)
    }
    this.isDoubtful = false
  }

  /** Notes the claims that were seen and are not noted yet: they were made by others. */
  async #noteSeen(): Promise<void> {
    const { book } = this.#ports
    for (let [seen] = this.#seen; seen !== undefined; [seen] = this.#seen) {
      const { epoch: number, index, transaction } = seen
      const epoch = book.epochs[number]
      const leaf = epoch !== undefined && isPosted(epoch) ? epoch.tree.leaves[index] : undefined
      if (leaf !== undefined && epoch?.claimed.has(index) === false)
        await this.#notePaid(number, [leaf], transaction)
      this.#seen = this.#seen.slice(1)
    }
  }

  /** Posts the newest statement of an epoch, unless it is on chain already: a crash may have come between sending and noting. */
  async #post(epoch: Epoch): Promise<void> {
    const { statement } = epoch
    const { escrow, journal, report } = this.#ports
    const there = await escrow.posted(statement.epoch)
    const isThere = there !== undefined && (there.leftSeconds <= 0 || there.seq >= statement.seq)
    if (isThere && there.root !== statement.root) return this.#find(statement.epoch, there)
    const transaction = isThere ? undefined : await escrow.post(this.#ports.sign(epoch))
    await journal.append(packPosted(statement.epoch, statement))
    this.#ports.book.post(statement.epoch, statement)
    if (transaction !== undefined)
      report({ kind: 'posted', epoch: statement.epoch, total: statement.total, transaction })
  }

  /** Anybody may post a statement that he was shown: looks at what is on chain of the open epoch, and how long it can be replaced. */
  async #watchOpen(): Promise<void> {
    const { book, escrow, postDelay } = this.#ports
    if (book.open === undefined) return
    const { epoch } = book.open.statement
    const there = await escrow.posted(epoch)
    this.cost = await escrow.postCost()
    if (there === undefined) return
    if (there.leftSeconds <= 0) return this.#find(epoch, there)
    if (isEndDue(there.leftSeconds, postDelay)) this.due = epoch
    const { seq = 0 } = book.open?.posted ?? {}
    if (there.seq > seq && book.open?.statement.epoch === epoch) book.post(epoch, there)
  }

  /** Finds the older statement that is final on chain. It is entered between two statements, so that none is made meanwhile. */
  async #find(epoch: number, { seq, root }: Posted): Promise<void> {
    const found = await findStatement(this.#ports.journal, { epoch, root })
    if (found === undefined)
      throw new Failure(
        'refused',
        `The chain holds statement ${epoch}.${seq}, which is not in this settler's journal: its key is used elsewhere`,
      )
    this.stale.set(epoch, found)
  }

  /** Claims what is final, for everybody. */
  async #claimAll(number: number, signal: AbortSignal): Promise<void> {
    const { book } = this.#ports
    const there = await this.#ports.escrow.posted(number)
    if (there === undefined || there.leftSeconds > 0) return
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
    const isPaid = await escrow.areClaimed(
      number,
      leaves.map(({ index }) => index),
    )
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
    this.#ports.book.claim(epoch, indexes)
    this.#ports.report({ kind: 'claimed', epoch, leaves, transaction })
  }
}
