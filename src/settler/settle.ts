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
import type { EscrowPort } from './pay.ts'
import { Payer } from './pay.ts'
import type { SettlerEvent } from './settler-event.ts'
import { packReplaced, packStatements } from './settler-record.ts'

/** What the settler says to one payee: a statement, the payee's leaf in it with its proof, and the opening that a post takes. */
export type Promised = {
  readonly signed: SignedStatement
  readonly leaf: Leaf
  readonly proof: Uint8Array
  readonly opening: Opening
}

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

export type SettlerOptions = {
  /** What was journaled so far. */
  readonly book: Book
  readonly domain: Domain
  readonly key: PrivateKey
  readonly opening: Opening
  /** The longest that an epoch goes on before it is posted. */
  readonly maxEpochMs: number
}

/** The settler of one job: promises what is earned, posts, and claims every final leaf for its payee. */
export class Settler {
  readonly #ports: SettlerPorts
  readonly #options: SettlerOptions
  #epochSinceMs: number
  readonly #payer: Payer

  constructor(ports: SettlerPorts, options: SettlerOptions) {
    this.#ports = ports
    this.#options = options
    this.#epochSinceMs = ports.nowMs()
    this.#payer = new Payer({
      ...ports,
      book: options.book,
      sign: (epoch) => this.#sign(epoch),
      attempt: (step, signal) => this.#attempt(step, signal),
    })
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
      const paying = this.#payer.pay(signal)
      if (earned.isEnd && book.open === undefined) await paying
      if (this.#payer.bug !== undefined) throw this.#payer.bug
      if (earned.isEnd && this.#isSettled(earned)) return
      await this.#ports.turn(signal)
    }
    await this.#payer.rest()
  }

  /** What is promised to a payee and not yet paid: for a provider that comes back. */
  promisedTo(payee: Address): Promised[] {
    return this.#options.book.epochs.flatMap((epoch) => {
      const leaf = epoch.tree.leaves.find(({ account }) => account === payee)
      return leaf === undefined || epoch.claimed.has(leaf.index) ? [] : this.#promises(epoch, [leaf])
    })
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
    const isBegun = book.open !== undefined && book.open.statement.epoch === this.#payer.begun
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

  /** Puts what became final in the place of newer statements; what it lacks goes into the next statement. */
  async #carry(): Promise<void> {
    const { book } = this.#options
    for (const [number, final] of this.#payer.stale) {
      if (book.epochs[number]?.isPosted === false) {
        await this.#ports.journal.append(packReplaced(final), { strict: true })
        const missing = book.replace(final)
        this.#epochSinceMs = this.#ports.nowMs()
        if (missing > 0n) this.#ports.report({ kind: 'carried', epoch: number, missing })
      }
      this.#payer.stale.delete(number)
    }
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
