import type { Job as ChainJob } from '../chain/escrow/read-escrow.ts'
import type { Keccak } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Digest } from '../protocol/bytes.ts'
import type { Failure } from '../protocol/failure.ts'
import type { Leaf } from '../protocol/statement/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { outputOf } from '../protocol/work/metered.ts'
import { Book } from '../settler/book.ts'
import type { SettlerEvent } from '../settler/settler-event.ts'
import type { PaidLeaves } from '../settler/settler-record.ts'
import type { Coordinator, CoordinatorEvent } from './coordinate/coordinator.ts'
import type { Seat } from './coordinate/seat.ts'
import { type Deposit, jobMoney } from './funds/job-money.ts'
import type { JobRecord } from './job-record.ts'
import { resultDigest } from './result.ts'
import type { Payment, ProviderRow, PublishedJob, UnitDetail } from './state.ts'

type Decided = Extract<CoordinatorEvent, { kind: 'decided' }>

const NOTHING = toWei(0n)
const SPENT = 'The budget is used up: top up the job, or cancel it'

/** One job from its opening to its end, as far as a page wants to know it. */
export class JobRun {
  readonly coordinator: Coordinator
  readonly book: Book
  phase: PublishedJob['phase'] = 'opening'
  why = ''
  payments: readonly Payment[] = []
  refunded: Wei = NOTHING
  bondReturned: Wei = NOTHING
  endedAt: number | undefined
  digest: Digest | undefined
  /** Units in the order they were accepted: a posted statement pays for a stretch of them. */
  readonly #acceptedOrder: number[] = []
  /** The units that each payee earned with, in the order they were accepted, and what it had earned by then. */
  readonly #earnings = new Map<Address, { unit: number; upTo: bigint }[]>()
  readonly #seats = new Map<string, Seat>()
  #credited = ''
  /** What the escrow held of the job when it was last asked. */
  #funds: ChainJob | undefined
  /** What the token kept of the deposit on its way. */
  #kept: Wei = NOTHING

  constructor(coordinator: Coordinator, hash?: Keccak) {
    this.coordinator = coordinator
    this.book = new Book(coordinator.job.jobId, coordinator.job.opening.budget, hash)
  }

  get job() {
    return this.coordinator.job
  }

  /** More may be earned. */
  get isRunning(): boolean {
    return this.phase === 'running' && !this.coordinator.isEnd && !this.coordinator.isCancelled
  }

  get isOver(): boolean {
    return this.phase === 'closed' || this.phase === 'failed'
  }

  /** The accepted outputs by unit; undefined where there is none. */
  get outputs(): (Uint8Array | undefined)[] {
    const { board } = this.coordinator
    return Array.from({ length: board.size }, (_, unit) => this.output(board.output(unit)))
  }

  /** The output in a result that came in. */
  output(digest: Digest | undefined): Uint8Array | undefined {
    const result = digest && this.coordinator.outputs.get(digest)
    return result && outputOf(this.job.manifest, result)
  }

  /** What arrived for results, with all that was added. */
  get budget(): Wei {
    return this.coordinator.lender.budget
  }

  /** Takes a journaled record in again after a restart. */
  replay(record: Exclude<JobRecord, { kind: 'opening' }>): void {
    if (record.kind === 'closed') this.end(record)
    else this.coordinator.replay(record)
    this.#take(this.budget)
  }

  /** Takes note of what the escrow holds. A budget is journaled before anything is leased or promised from it. */
  async fund(found: ChainJob): Promise<void> {
    this.#funds = found
    if (found.budget === this.budget) return
    if (!this.isOver) await this.coordinator.fund(found.budget)
    this.#take(found.budget)
  }

  /** What arrived is what can be promised: a token may keep a part of the deposit. */
  #take(budget: Wei): void {
    const missing = this.job.opening.budget - budget
    if (missing > this.#kept) this.#kept = toWei(missing)
    this.book.budget = budget
  }

  enter(phase: PublishedJob['phase'], why = ''): void {
    this.phase = phase
    this.why = why
  }

  join(seat: Seat): void {
    this.#seats.set(`${seat.account} ${seat.payee}`, seat)
  }

  /** Takes note of what the coordinator decided. */
  note(event: CoordinatorEvent): void {
    if (event.kind === 'decided') this.#noteEarned(event)
    const { board } = this.coordinator
    const isComplete = board.isDecided && board.counts.disputed === 0
    if (event.kind === 'decided' && isComplete && this.digest === undefined) {
      this.digest = resultDigest(this.job.manifest, this.outputs)
    }
  }

  #noteEarned({ unit, outcome, worth }: Decided): void {
    if (outcome.kind === 'accepted') this.#acceptedOrder.push(unit)
    for (const { payee, isOwn } of outcome.winners) {
      if (isOwn) continue
      const earnings = this.#earnings.get(payee) ?? []
      earnings.push({ unit, upTo: (earnings.at(-1)?.upTo ?? 0n) + worth })
      this.#earnings.set(payee, earnings)
    }
  }

  /** Takes note of what the settler did. */
  settle(event: SettlerEvent): void {
    this.why = event.kind === 'trouble' ? event.failure.message : ''
    if (event.kind === 'lost') {
      this.why = 'A reorganisation of the chain removed posts or payments: they are sent again'
      this.#drop(event.epoch, event.leaves)
    }
    if (event.kind === 'credited') {
      const [first] = event.leaves
      const more = event.leaves.length > 1 ? ` and ${event.leaves.length - 1} more` : ''
      this.#credited = `${first?.account}${more} took no coins: the escrow keeps them as credit`
    }
    if (event.kind === 'claimed') {
      this.pay({ ...event, indexes: event.leaves.map((leaf) => leaf.index) })
    }
  }

  /** Takes note of a payment, just made or found in the journal. */
  pay({ epoch: number, indexes, transaction }: PaidLeaves): void {
    const epoch = this.book.epochs[number]
    if (epoch === undefined) return
    const leaves = epoch.tree.leaves.filter((leaf) => indexes.includes(leaf.index))
    const paid = leaves.map(
      (leaf): Payment => ({
        payee: leaf.account,
        amount: leaf.amount,
        epoch: number,
        units: this.#unitsOf(leaf),
        transaction,
      }),
    )
    this.#drop(number, leaves) // what a reorg removed was paid once more
    this.payments = [...this.payments, ...paid]
    if (epoch.claimed.size < epoch.tree.leaves.length) return
    for (const unit of this.#acceptedOrder.slice(0, epoch.statement.units)) this.coordinator.board.pay(unit)
  }

  #drop(epoch: number, leaves: readonly Leaf[]): void {
    const payees = new Set(leaves.map(({ account }) => account))
    this.payments = this.payments.filter((payment) => payment.epoch !== epoch || !payees.has(payment.payee))
  }

  /** The units that a leaf pays: what its payee earned comes in the order in which units were accepted. */
  #unitsOf({ account, amount, earned }: Leaf): readonly number[] {
    const earnings = this.#earnings.get(account) ?? []
    return earnings.filter(({ upTo }) => earned - amount < upTo && upTo <= earned).map(({ unit }) => unit)
  }

  fail(failure: Failure): void {
    this.enter('failed', failure.message)
  }

  end({ refund, bond, at }: { refund: Wei; bond: Wei; at: number }): void {
    this.enter('closed')
    this.refunded = refund
    this.bondReturned = bond
    this.endedAt = at
  }

  show(): PublishedJob {
    const { job, coordinator } = this
    const { board, ledger, lender } = coordinator
    const isSpent = this.isRunning && lender.isSpent
    const isComplete = board.isDecided && board.counts.disputed === 0
    const { claimed, promised } = this.#totals
    const { terms } = job.opening
    return {
      jobId: job.jobId,
      name: job.manifest.app.name,
      manifest: job.manifest,
      phase: this.phase,
      why: this.why || (isComplete ? this.#credited : isSpent ? SPENT : coordinator.failures.trouble),
      isCancelled: coordinator.isCancelled,
      units: board.states.slice(),
      counts: { ...board.counts },
      executions: { ...coordinator.executions },
      rejected: ledger.rejected,
      failures: { ...coordinator.failures.counts },
      price: job.price,
      token: job.token,
      money: jobMoney(this.#deposit),
      isSpent,
      closeSeconds: Math.max(terms.closeDelay, terms.postDelay + terms.challengeDelay),
      budget: this.budget,
      kept: this.#kept,
      bond: job.opening.bond,
      promised,
      claimed,
      refunded: this.refunded,
      bondReturned: this.bondReturned,
      providers: this.#providers(),
      payments: this.payments,
      startedAt: job.openedAt,
      endedAt: this.endedAt,
      digest: this.digest,
    }
  }

  /** Who computed what for one unit. */
  unit(unit: number): UnitDetail {
    const { board } = this.coordinator
    const output = board.output(unit)
    const isOpen = output === undefined && board.state(unit) !== 'disputed'
    const results = board.votes(unit).map(({ account, payee, executor, digest, isOwn }) => {
      const verdict = isOpen
        ? ('waiting' as const)
        : digest === output
          ? ('accepted' as const)
          : ('rejected' as const)
      return { account, payee, executor, digest, isOwn, verdict }
    })
    return { unit, state: board.state(unit), results }
  }

  get #totals() {
    const { epochs } = this.book
    return {
      promised: sum(epochs.map((epoch) => epoch.statement.total)),
      posted: sum(epochs.map((epoch) => epoch.posted?.total ?? NOTHING)),
      claimed: sum(this.payments.map((payment) => payment.amount)),
    }
  }

  get #deposit(): Deposit {
    const { budget, phase, refunded, bondReturned } = this
    const { ledger, lender, job } = this.coordinator
    const { bond, terms } = job.opening
    const { claimed, promised, posted } = this.#totals
    const funds = this.#funds
    if (funds === undefined && (phase === 'opening' || phase === 'failed')) return { kind: 'unopened' }
    const committed = most(posted, funds?.committed ?? NOTHING)
    if (phase === 'closed')
      return { kind: 'closed', budget, bond, claimed, committed, refunded, bondReturned }
    const atStake = phase === 'running' ? job.price * BigInt(lender.atStake) : 0n
    return {
      kind: 'open',
      ...{ budget, bond, claimed },
      bondLeft: funds?.bond ?? bond,
      repaid: funds?.repaid ?? NOTHING,
      postReserve: terms.postReserve,
      owed: most(promised, committed, toWei(ledger.spent + atStake)),
    }
  }

  #providers(): ProviderRow[] {
    const { ledger, seats } = this.coordinator
    const none = { delivered: 0, accepted: 0, rejected: 0 }
    const here = [...seats].map(
      ({ account, payee }) => [`${account} ${payee}`, { account, payee, ...none }] as const,
    )
    return [...new Map([...here, ...ledger.tally])].map(([key, counts]) => {
      const seat = this.#seats.get(key)
      const isHere = seat !== undefined && seats.has(seat)
      return { ...counts, path: isHere ? seat.path : undefined }
    })
  }
}

function sum(amounts: readonly Wei[]): Wei {
  return toWei(amounts.reduce((total, amount) => total + amount, 0n))
}

function most(...amounts: readonly Wei[]): Wei {
  let highest = NOTHING
  for (const amount of amounts) if (amount > highest) highest = amount
  return highest
}
