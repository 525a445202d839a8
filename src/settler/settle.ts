import type { Posting, Thrift } from '../market/posting.ts'
import { choosePosting } from '../market/posting.ts'
import type { PrivateKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Domain } from '../protocol/escrow/domain.ts'
import type { Opening } from '../protocol/escrow/opening.ts'
import { Failure } from '../protocol/failure.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import { signStatement } from '../protocol/statement/statement.ts'
import type { Leaf } from '../protocol/statement/sum-tree.ts'
import { proofOf } from '../protocol/statement/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import type { Journal } from '../store/store.ts'
import type { Book, Earned, Epoch } from './book.ts'
import type { Claims, EscrowPort, SeenClaim } from './escrow-port.ts'
import { Payer } from './pay.ts'
import type { SettlerEvent } from './settler-event.ts'
import { packReplaced, packStatements, packUnposted } from './settler-record.ts'

/** What the settler says to one payee: a statement, the payee's leaf in it with its proof, and the opening that a post takes. */
export type Promised = {
  readonly signed: SignedStatement
  readonly leaf: Leaf
  readonly proof: Uint8Array
  readonly opening: Opening
}

/** What a new statement says to a payee; undefined when that is nothing new. */
export type PromiseTo = (payee: Address) => Promised | undefined

/** What a settler needs from outside. */
export type SettlerPorts = {
  /** What is earned so far. It only ever grows. */
  earned(): Earned
  /** Hands a new statement over to whoever can reach the payees. It asks at once for the promises of those that it reaches. */
  deliver(promiseTo: PromiseTo): void
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
  readonly thrift: Thrift
  readonly claims: Claims
}

/** The settler of one job: promises what is earned, posts, and claims every final leaf for its payee unless that is left to them. */
export class Settler {
  readonly #ports: SettlerPorts
  readonly #options: SettlerOptions
  /** Since when something is unposted, and what was posted then. */
  #unposted: { readonly sinceMs: number; readonly posted: bigint }
  #isHurried = false
  #runs = 0
  readonly #payer: Payer

  constructor(ports: SettlerPorts, options: SettlerOptions) {
    this.#ports = ports
    this.#options = options
    const { open, unpostedSince: sinceMs = ports.nowMs() } = options.book
    this.#unposted = { sinceMs, posted: open?.posted?.total ?? 0n }
    this.#payer = new Payer({
      ...ports,
      book: options.book,
      claims: options.claims,
      postDelay: options.opening.terms.postDelay,
      sign: (epoch) => this.#sign(epoch),
      attempt: (step, signal) => this.#attempt(step, signal),
    })
  }

  /** Whether it is at work: one that has settled everything can be run again. */
  get isRunning(): boolean {
    return this.#runs > 0
  }

  /** What is on chain may be less than what was noted, or more: it is compared. */
  doubt(): void {
    this.#payer.isDoubtful = true
  }

  /** Takes in a claim that was seen on chain. */
  learn(claim: SeenClaim): void {
    this.#payer.learn(claim)
  }

  /** Ends the open epoch with the next statement: a promise of it is wanted on chain. */
  hurry(): void {
    this.#isHurried = true
  }

  /**
   * Settles until everything earned is paid, or `signal` aborts. Statements do not wait for the chain: what has ended is posted
   * and paid beside them. Trouble is reported and tried again.
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#runs += 1
    try {
      await this.#settle(signal)
    } finally {
      this.#runs -= 1
    }
  }

  async #settle(signal: AbortSignal): Promise<void> {
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
      const index = epoch.places.get(payee)
      if (index === undefined || epoch.claimed.has(index)) return []
      return this.#promise(epoch, index, this.#sign(epoch)) ?? []
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
    return book.open === undefined && this.#payer.isDone && book.changes(earned).leaves.length === 0
  }

  /** Makes the next statement when something changed or the epoch is to end. It is journaled before it is signed. */
  async #state(earned: Earned): Promise<void> {
    const { book } = this.#options
    const changes = book.changes(earned)
    const { total } = changes
    const posting = this.#choose(total, earned.isEnd)
    if (posting === 'post') this.#payer.isPostDue = true
    else if (posting === 'wait') await this.#keepAge(total)
    const isLast = posting === 'end'
    const isSame = book.open === undefined ? total === 0n : book.open.statement.total === total
    if (isSame && !isLast) return
    const { units, verdicts } = earned
    const draft = book.draft(changes, { units, verdicts, isLast })
    await this.#ports.journal.append(packStatements(draft), { strict: true })
    const epoch = book.enter(draft)
    if (isLast) this.#beginEpoch()
    this.#deliver(epoch, changes.leaves)
    this.#ports.report({ kind: 'promised', total })
  }

  /** A payee hears of what is new for it, and of the last statement of an epoch in any case: that is the one to post and claim. */
  #deliver(epoch: Epoch, changed: readonly Leaf[]): void {
    const indexes = new Set(changed.map(({ index }) => index))
    const signed = this.#sign(epoch)
    this.#ports.deliver((payee) => {
      const index = epoch.places.get(payee)
      const isNews = index !== undefined && (epoch.statement.isLast || indexes.has(index))
      return isNews ? this.#promise(epoch, index, signed) : undefined
    })
  }

  #beginEpoch(): void {
    this.#unposted = { sinceMs: this.#ports.nowMs(), posted: 0n }
    this.#isHurried = false
  }

  /** Notes since when something is unposted, once: the settler may be started anew many times before it is posted. */
  async #keepAge(total: Wei): Promise<void> {
    const { book } = this.#options
    const { sinceMs, posted } = this.#unposted
    if (total === posted || book.unpostedSince === sinceMs) return
    await this.#ports.journal.append(packUnposted(sinceMs))
    book.unpostedSince = sinceMs
  }

  #choose(total: Wei, isEnd: boolean): Posting {
    const { book, opening, thrift } = this.#options
    const nowMs = this.#ports.nowMs()
    const posted = book.open?.posted?.total ?? toWei(0n)
    if (total === posted || posted !== this.#unposted.posted) this.#unposted = { sinceMs: nowMs, posted }
    const isLate = book.open !== undefined && book.open.statement.epoch === this.#payer.due
    const ageMs = nowMs - this.#unposted.sinceMs
    const epoch = { total, posted, ageMs, isEnd, isDue: isLate || this.#isHurried }
    const { bond, terms } = opening
    return choosePosting(
      { ...epoch, bond, postDelayMs: terms.postDelay * 1000, cost: this.#payer.cost },
      thrift,
    )
  }

  /** Puts what became final in the place of newer statements; what it lacks goes into the next statement. */
  async #carry(): Promise<void> {
    const { book } = this.#options
    for (const [number, final] of this.#payer.stale) {
      if (book.epochs[number]?.isCut === false) {
        await this.#ports.journal.append(packReplaced(final), { strict: true })
        const missing = book.replace(final)
        this.#beginEpoch()
        if (missing > 0n) this.#ports.report({ kind: 'carried', epoch: number, missing })
      }
      this.#payer.stale.delete(number)
    }
  }

  #promise({ tree }: Epoch, index: number, signed: SignedStatement): Promised | undefined {
    const leaf = tree.leaves[index]
    return leaf && { signed, leaf, proof: proofOf(tree, index), opening: this.#options.opening }
  }

  /** Signing again gives the same bytes (RFC 6979), so a signature need not be kept. */
  #sign(epoch: Epoch): SignedStatement {
    const { domain, key } = this.#options
    return signStatement(epoch.statement, domain, key)
  }
}
