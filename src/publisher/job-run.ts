import type { Digest } from '../protocol/bytes.ts'
import type { Failure } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { Book } from '../settler/book.ts'
import type { SettlerEvent } from '../settler/settler-event.ts'
import type { PaidLeaves } from '../settler/settler-record.ts'
import type { Coordinator, CoordinatorEvent } from './coordinate/coordinator.ts'
import type { Seat } from './coordinate/seat.ts'
import { resultDigest } from './result.ts'
import type { Payment, ProviderRow, PublishedJob, UnitDetail } from './state.ts'

const NOTHING = toWei(0n)

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
  readonly #seats = new Map<string, Seat>()
  #credited = ''

  constructor(coordinator: Coordinator) {
    this.coordinator = coordinator
    this.book = new Book(coordinator.job.jobId, coordinator.job.opening.budget)
  }

  get job() {
    return this.coordinator.job
  }

  get isOver(): boolean {
    return this.phase === 'closed' || this.phase === 'failed'
  }

  /** The accepted outputs by unit; undefined where there is none. */
  get outputs(): (Uint8Array | undefined)[] {
    const { board, outputs } = this.coordinator
    return Array.from({ length: board.size }, (_, unit) => {
      const digest = board.output(unit)
      return digest === undefined ? undefined : outputs.get(digest)
    })
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
    if (event.kind === 'decided' && event.outcome.kind === 'accepted') this.#acceptedOrder.push(event.unit)
    const { board } = this.coordinator
    const isComplete = board.isDecided && board.counts.disputed === 0
    if (event.kind === 'decided' && isComplete && this.digest === undefined) {
      this.digest = resultDigest(this.job.manifest, this.outputs)
    }
  }

  /** Takes note of what the settler did. */
  settle(event: SettlerEvent): void {
    this.why = event.kind === 'trouble' ? event.failure.message : ''
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
      ({ account, amount }) =>
        ({ payee: account, amount, epoch: number, transaction: transaction ?? '0x' }) as const,
    )
    this.payments = [...this.payments, ...paid]
    if (epoch.claimed.size < epoch.tree.leaves.length) return
    for (const unit of this.#acceptedOrder.slice(0, epoch.statement.units)) this.coordinator.board.pay(unit)
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
    const { job, coordinator, book } = this
    const { board, ledger } = coordinator
    return {
      jobId: job.jobId,
      name: job.manifest.app.name,
      manifest: job.manifest,
      phase: this.phase,
      why: this.why || (board.isDecided ? this.#credited : coordinator.trouble),
      isCancelled: coordinator.isCancelled,
      units: board.states.slice(),
      counts: { ...board.counts },
      executions: { ...coordinator.executions },
      rejected: ledger.rejected,
      price: job.price,
      budget: job.opening.budget,
      bond: job.opening.bond,
      promised: sum(book.epochs.map((epoch) => epoch.statement.total)),
      claimed: sum(this.payments.map((payment) => payment.amount)),
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

  #providers(): ProviderRow[] {
    const tally = this.coordinator.ledger.tally
    return [...tally].map(([key, counts]) => {
      const seat = this.#seats.get(key)
      const isHere = seat !== undefined && this.coordinator.seats.has(seat)
      return { ...counts, path: isHere ? seat.path : undefined }
    })
  }
}

function sum(amounts: readonly Wei[]): Wei {
  return toWei(amounts.reduce((total, amount) => total + amount, 0n))
}
