import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { SignedStatement } from '../protocol/statement.ts'
import type { Leaf } from '../protocol/sum-tree.ts'
import { proofOf } from '../protocol/sum-tree.ts'
import type { Journal } from '../store/store.ts'
import type { Book, Epoch } from './book.ts'
import type { SettlerEvent } from './settler-event.ts'
import { findStatement, packClaimed, packPosted } from './settler-record.ts'

/** A leaf to claim, with its proof. */
export type Due = { readonly leaf: Leaf; readonly proof: Uint8Array }

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

/** What paying needs from outside. */
export type PayPorts = {
  report(event: SettlerEvent): void
  readonly journal: Journal
  readonly escrow: EscrowPort
  readonly book: Book
  sign(epoch: Epoch): SignedStatement
  /** Runs a step; what fails of it is reported and tried again. */
  attempt(step: () => Promise<void>, signal: AbortSignal): Promise<void>
}

/** One transaction claims at most so many leaves. */
const CLAIM_BATCH = 50

/** The part of a settler that waits for the chain: posts what has ended, and claims every final leaf for its payee. */
export class Payer {
  readonly #ports: PayPorts
  #paying: Promise<void> | undefined
  /** The open epoch that somebody else has posted already: it ends with its next statement. */
  begun: number | undefined
  /** Older statements that are final on chain, by epoch, until they are journaled in the place of the newer ones. */
  readonly stale = new Map<number, Epoch>()
  /** What went wrong and is no failure of the chain or the store. */
  bug: unknown

  constructor(ports: PayPorts) {
    this.#ports = ports
  }

  /** Posts what has ended and claims what is final, unless that is going on already. */
  pay(signal: AbortSignal): Promise<void> {
    const { book, attempt } = this.#ports
    const work = async (): Promise<void> => {
      await attempt(() => this.#watchOpen(), signal)
      await attempt(async () => {
        for (const epoch of book.unpaid) if (!epoch.isPosted) await this.#post(epoch)
      }, signal)
      for (const { statement, isPosted } of book.unpaid)
        if (isPosted) await attempt(() => this.#claimAll(statement.epoch, signal), signal)
    }
    this.#paying ??= work()
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

  /** Posts an ended epoch, unless it is on chain already: a crash may have come between sending and writing it down. */
  async #post(epoch: Epoch): Promise<void> {
    const { statement } = epoch
    const { escrow, journal, report } = this.#ports
    const there = await escrow.posted(statement.epoch)
    const isThere = there !== undefined && (there.isFinal || there.seq >= statement.seq)
    if (isThere && there.root !== statement.root) return this.#find(statement.epoch, there)
    const transaction = isThere ? undefined : await escrow.post(this.#ports.sign(epoch))
    await journal.append(packPosted(statement.epoch))
    this.#ports.book.post(statement.epoch)
    if (transaction !== undefined)
      report({ kind: 'posted', epoch: statement.epoch, total: statement.total, transaction })
  }

  /** Anybody may post a statement that he was shown: what is posted of the open epoch ends it. */
  async #watchOpen(): Promise<void> {
    const { open } = this.#ports.book
    if (open === undefined) return
    const { epoch } = open.statement
    const there = await this.#ports.escrow.posted(epoch)
    if (there !== undefined) this.begun = epoch
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
    this.stale.set(epoch, found)
  }

  /** Claims what is final, for everybody. */
  async #claimAll(number: number, signal: AbortSignal): Promise<void> {
    const { book } = this.#ports
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
    this.#ports.book.claim(epoch, indexes)
    this.#ports.report({ kind: 'claimed', epoch, leaves, transaction })
  }
}
