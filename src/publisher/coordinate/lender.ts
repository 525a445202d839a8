import { frameUnits } from '../../market/frame-size.ts'
import { coveredReplicas } from '../../market/price.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { IdleReason } from '../../protocol/work/message.ts'
import type { Job } from '../job.ts'
import type { LeaseTable } from './lease-table.ts'
import type { Ledger } from './ledger.ts'
import type { Seat } from './seat.ts'
import type { UnitBoard } from './unit-board.ts'

/** What a lender works with. */
export type LenderParts = {
  readonly job: Job
  readonly board: UnitBoard
  readonly ledger: Ledger
  readonly leases: LeaseTable
  size(unit: number): number
  /** Replicas that were delivered and are neither accepted nor rejected. */
  pending(): number
  /** Whether results are on their way into the journal: what they decide is not known yet. */
  isJournaling(): boolean
  isClosing(): boolean
  nowMs(): number
}

const MIN_TTL_MS = 15_000
const SLOW_AFTER_MS = 3_000
const MAX_FRAME_OUTPUT_BYTES = 1024 * 1024

/** Leases the units of one job, never more than its budget covers, and begins none that it could not finish. */
export class Lender {
  readonly #parts: LenderParts
  /** What the escrow holds for results; grows when somebody adds to it. */
  budget: Wei

  constructor(parts: LenderParts) {
    this.#parts = parts
    this.budget = parts.job.opening.budget
  }

  /** Replicas that may still earn: leased, or delivered and undecided. */
  get atStake(): number {
    return this.#parts.pending() + this.#parts.leases.units
  }

  /** Whether nothing more can be leased until somebody adds to the budget. */
  get isSpent(): boolean {
    const { board, leases, isJournaling } = this.#parts
    if (board.isDecided || leases.units > 0 || isJournaling() || this.#beginnable > 0) return false
    return this.#covered === 0 || this.#missing === 0
  }

  /** How many more replicas the budget covers. */
  get #covered(): number {
    const { job, ledger } = this.#parts
    const forResults = toWei(this.budget - job.opening.terms.postReserve)
    return coveredReplicas(forResults, job.price, { spent: ledger.spent, atStake: this.atStake })
  }

  /** Replicas that the units begun so far want for their quorum. */
  get #missing(): number {
    const { board, job } = this.#parts
    const begun = board.counts.leased + board.counts.returned
    return Math.max(0, begun * job.manifest.verify.quorum - this.atStake)
  }

  /** How many units can be begun and still be brought to their quorum. */
  get #beginnable(): number {
    const spare = this.#covered - this.#missing
    return Math.max(0, Math.floor(spare / this.#parts.job.manifest.verify.quorum))
  }

  /** Leases to a provider as long as it has credit and there is work for it; otherwise tells it once why not. */
  serve(seat: Seat, executor: ExecutorKind): void {
    while (seat.credit[executor] > 0) {
      const idle = this.#lease(seat, executor)
      if (idle === undefined) continue
      if (seat.toldIdle[executor] !== idle)
        seat.tell({ kind: 'idle', jobId: this.#parts.job.jobId, executor, why: idle })
      seat.toldIdle[executor] = idle
      return
    }
  }

  /** Units for one frame, as many as its bytes allow. */
  #fresh(seat: Seat, max: number): number[] {
    const units = this.#parts.board.take(seat.payee, max, this.#beginnable)
    let bytes = 0
    const fits = units.findIndex((unit) => {
      bytes += this.#parts.size(unit)
      return bytes > MAX_FRAME_OUTPUT_BYTES
    })
    if (fits < 0) return units
    const rest = units.splice(Math.max(1, fits))
    for (const unit of rest) this.#parts.board.giveBack(unit, seat.payee)
    return units
  }

  /** Units that somebody else has had for too long. */
  #duplicate(seat: Seat, max: number, nowMs: number): number[] {
    if (max <= 0) return []
    for (const lease of this.#parts.leases.slow(seat, nowMs)) {
      const units = this.#parts.board.duplicate(seat.payee, lease.units.slice(0, max))
      if (units.length === 0) continue
      this.#parts.leases.double(lease)
      return units
    }
    return []
  }

  /** Leases one frame, or says why there is nothing to lease. */
  #lease(seat: Seat, executor: ExecutorKind): IdleReason | undefined {
    if (this.#parts.isClosing()) return 'closing'
    if (this.#parts.board.isDecided) return 'done'
    if (!this.#parts.job.manifest.programs.some((program) => program.kind === executor)) return 'executor'
    if (this.#parts.ledger.isDistrusted(seat)) return 'distrust'
    const covered = this.#covered
    if (covered === 0) return 'budget'
    const speed = seat.speed[executor]
    const nowMs = this.#parts.nowMs()
    const atStake = this.atStake
    const fresh = this.#fresh(seat, Math.min(frameUnits(speed, this.#parts.size(0)), covered))
    // Only what is left when every undecided unit has its quorum may pay for doing slow work twice.
    const spare =
      covered - Math.max(0, this.#parts.board.undecided * this.#parts.job.manifest.verify.quorum - atStake)
    const units = fresh.length > 0 ? fresh : this.#duplicate(seat, spare, nowMs)
    if (units.length === 0)
      return this.#parts.board.counts.open > 0 && this.#beginnable === 0 ? 'budget' : 'others'
    const expectedMs = (speed ?? this.#parts.job.manifest.limits.timeMs / 10) * units.length
    const ttlMs = Math.ceil(Math.max(MIN_TTL_MS, expectedMs * 20))
    const slowAt = nowMs + Math.max(SLOW_AFTER_MS, expectedMs * 6)
    const lease = this.#parts.leases.issue({
      seat,
      executor,
      units,
      issuedAt: nowMs,
      expiresAt: nowMs + ttlMs,
      slowAt,
    })
    seat.credit[executor] -= 1
    seat.toldIdle[executor] = undefined
    seat.tell({ kind: 'lease', jobId: this.#parts.job.jobId, lease: lease.id, executor, units, ttlMs })
    return undefined
  }
}
