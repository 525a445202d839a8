import { foldSpeed } from '../../market/frame-size.ts'
import type { Digest } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import { unitCount } from '../../protocol/manifest/manifest.ts'
import type { Wei } from '../../protocol/wei.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { FailedUnit, WorkMessage } from '../../protocol/work/message.ts'
import { pricing } from '../../protocol/work/metered.ts'
import type { SignedResults } from '../../protocol/work/result.ts'
import type { Journal } from '../../store/store.ts'
import type { Job } from '../job.ts'
import { resultCheck, resultSize } from '../job.ts'
import type { JobRecord } from '../job-record.ts'
import { packJobRecord } from '../job-record.ts'
import { checkResult } from './check-result.ts'
import { type FailedLoad, Failures, isNoFault } from './failures.ts'
import type { Lease } from './lease-table.ts'
import { LeaseTable } from './lease-table.ts'
import { Ledger } from './ledger.ts'
import { Lender } from './lender.ts'
import type { Seat } from './seat.ts'
import type { Outcome } from './unit-board.ts'
import { UnitBoard } from './unit-board.ts'

type Result = Extract<WorkMessage, { kind: 'result' }>
type ResultsRecord = Extract<JobRecord, { kind: 'results' }>

/** What a coordinator tells whoever listens: a decision, or that something else changed. */
export type CoordinatorEvent =
  | { readonly kind: 'decided'; readonly unit: number; readonly outcome: Outcome; readonly worth: Wei }
  | { readonly kind: 'changed' }

export type CoordinatorPorts = {
  readonly journal: Journal
  nowMs(): number
  report(event: CoordinatorEvent): void
}

/** Leases the units of one job, collects results and decides. Everything that counts is in the journal before it is told. */
export class Coordinator {
  readonly job: Job
  readonly board: UnitBoard
  readonly ledger: Ledger
  readonly lender: Lender
  readonly seats = new Set<Seat>()
  readonly executions = { wgsl: 0, wasm: 0, own: 0 }
  /** The outputs of all votes, by digest: units may share one. */
  readonly outputs = new Map<Digest, Uint8Array>()
  readonly failures: Failures
  isCancelled = false
  readonly #ports: CoordinatorPorts
  readonly #leases = new LeaseTable()
  readonly #check: (unit: number, result: Uint8Array) => void
  /** Votes that are neither accepted nor rejected yet, and frames on their way into the journal. */
  #undecided = 0
  #journaling = 0
  /** The journal takes nothing any more: work that cannot be kept is not leased. */
  #isBroken = false

  constructor(job: Job, ports: CoordinatorPorts) {
    this.job = job
    this.board = new UnitBoard(unitCount(job.manifest), job.manifest.verify)
    this.ledger = new Ledger(pricing(job.manifest))
    this.failures = new Failures(ports.journal, (unit) => this.board.isUnitDecided(unit))
    this.#ports = ports
    this.#check = resultCheck(job.manifest)
    this.lender = new Lender({
      job,
      board: this.board,
      ledger: this.ledger,
      leases: this.#leases,
      size: resultSize(job.manifest),
      pending: () => this.#undecided + this.#journaling,
      isJournaling: () => this.#journaling > 0,
      isClosing: () => this.isCancelled || this.#isBroken,
      nowMs: ports.nowMs,
    })
  }

  /** No more will be earned: everything is decided, or the job was cancelled, and nothing is on its way. */
  get isEnd(): boolean {
    return (this.board.isDecided || this.isCancelled) && this.#leases.units === 0 && this.#journaling === 0
  }

  /** The units that a seat has had results for and lost, with what shows it. */
  rejections(seat: Seat): { unit: number; evidence: SignedResults[] }[] {
    return this.board.lost(seat.payee).map((unit) => ({ unit, evidence: this.board.evidence(unit) }))
  }

  /** Takes a provider's credit and serves it. */
  want(seat: Seat, executor: ExecutorKind, frames: number): void {
    this.seats.add(seat)
    seat.wantedAt = this.#ports.nowMs()
    seat.hasLeft = false
    seat.credit[executor] = Math.min(seat.credit[executor] + frames, 64)
    seat.toldIdle[executor] = undefined
    this.lender.serve(seat, executor)
  }

  /** Takes a result in. Resolves when it is journaled and what follows from it is told; a bad one is refused to its sender. */
  async result(seat: Seat, message: Result): Promise<void> {
    const lease = this.#leases.take(message.lease, seat)
    if (lease === undefined) {
      const why = `Lease ${message.lease} has expired or is not yours: its results do not count`
      return this.#turnDown(seat, message, why)
    }
    try {
      checkResult(message, lease, { job: this.job, check: this.#check, worth: this.ledger.worthOf })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      for (const unit of lease.units) this.board.giveBack(unit, seat.payee, 'barred')
      this.#turnDown(seat, message, reason(error))
      this.pump()
      return
    }
    await this.#takeIn(lease, message)
  }

  /** Takes leases back unfinished. Who hands back has stopped: what it asked for before counts no more. */
  giveBack(seat: Seat, ids: readonly number[]): void {
    seat.credit.wasm = 0
    seat.credit.wgsl = 0
    this.#release(ids.flatMap((id) => this.#leases.take(id, seat) ?? []))
  }

  /** Takes note of a program that a provider cannot run. */
  unfit(seat: Seat, failed: FailedLoad): void {
    seat.hasLeft = true
    this.failures.noteLoad(seat.payee, failed, this.seats.size)
    this.#ports.report({ kind: 'changed' })
  }

  /** A provider has left: its leases go to others. */
  leave(seat: Seat): void {
    this.seats.delete(seat)
    this.#release(this.#leases.takeAll(seat))
  }

  /** Reissues what is past its deadline, and offers slow work to those who wait. To be called every second or so. */
  tick(): void {
    this.#release(this.#leases.expire(this.#ports.nowMs()))
    this.pump()
    void this.#stopIfHopeless().catch(() => undefined) // a journal that is broken says so at the next result
  }

  /** Ends the job early: nothing more is leased. `why` is empty where its publisher wants it so. */
  async cancel(why = ''): Promise<void> {
    if (this.isCancelled) return
    await this.#ports.journal.append(packJobRecord({ kind: 'cancelled', why }), { strict: true })
    this.replay({ kind: 'cancelled', why })
    this.pump()
    this.#ports.report({ kind: 'changed' })
  }

  /** Leases what another budget covers, once the journal has it. */
  async fund(budget: Wei): Promise<void> {
    await this.#ports.journal.append(packJobRecord({ kind: 'topped-up', budget }), { strict: true })
    this.lender.budget = budget
    this.pump()
  }

  /** Serves everybody who waits. */
  pump(): void {
    for (const seat of this.seats) {
      for (const executor of ['wasm', 'wgsl'] as const) this.lender.serve(seat, executor)
    }
  }

  /** Blames the kernel for a unit that cannot be run; one that was decided meanwhile stays as it is. */
  async blame(unit: number): Promise<void> {
    if (this.board.isUnitDecided(unit) || this.isEnd) return
    await this.#ports.journal.append(packJobRecord({ kind: 'disputed', unit }))
    this.#dispute(unit)
    this.#ports.report({ kind: 'changed' })
    await this.#stopIfHopeless()
  }

  /** Counts the publisher's own opinion like any result. After the end it would accept what no statement covers any more. */
  async opine(record: Omit<ResultsRecord, 'kind' | 'isOwn' | 'executor'>): Promise<void> {
    if (this.isEnd) return
    await this.#keep({ ...record, kind: 'results', executor: 'wasm', isOwn: true })
  }

  /** Takes a journaled record in again after a restart. */
  replay(record: JobRecord): void {
    if (record.kind === 'results') this.#count(record)
    else if (record.kind === 'disputed') this.#dispute(record.unit)
    else if (record.kind === 'failures') this.failures.restore(record)
    else if (record.kind === 'topped-up') this.lender.budget = record.budget
    else if (record.kind === 'cancelled') {
      this.isCancelled = true
      this.failures.stopped = record.why
    }
  }

  async #takeIn(lease: Lease, message: Result): Promise<void> {
    const { seat, executor } = lease
    const { results, outputs, failed, elapsedMs } = message
    const back = new Set(lease.units)
    for (const unit of [...results.units, ...failed.map((each) => each.unit)]) back.delete(unit)
    for (const unit of back) this.board.giveBack(unit, seat.payee)
    if (results.units.length > 0) {
      seat.speed[executor] = foldSpeed(seat.speed[executor], elapsedMs, results.units.length)
      const unseen = results.digests.map((digest, place) =>
        this.outputs.has(digest) || this.board.isUnitDecided(results.units[place] ?? 0)
          ? null
          : (outputs[place] ?? null),
      )
      await this.#keep({ kind: 'results', results, executor, isOwn: false, outputs: unseen })
    }
    for (const unit of failed) await this.#fail(seat, unit)
    if (back.size > 0 || failed.length > 0) this.pump()
  }

  async #fail(seat: Seat, failed: FailedUnit): Promise<void> {
    const { unit } = failed
    this.board.giveBack(unit, seat.payee, isNoFault(failed.code) ? undefined : 'failed')
    if (this.failures.note(seat.payee, failed, this.board.votes(unit).length)) await this.blame(unit)
    await this.#stopIfHopeless()
  }

  /** Ends a job when all units that were tried failed and none is being tried: the rest would fail too, and its deposit lie locked. */
  async #stopIfHopeless(): Promise<void> {
    const { own, wasm, wgsl } = this.executions
    if (own + wasm + wgsl + this.#journaling > 0 || this.board.isDecided) return
    const why = this.failures.whyHopeless(this.board.counts.disputed)
    if (why !== '' && !this.#leases.isOut((unit) => !this.failures.hasFailed(unit))) await this.cancel(why)
  }

  /** Refuses results. Without evidence they are not rejected: the provider learns that they were not taken in. */
  #turnDown(seat: Seat, { results }: Result, why: string): void {
    const { jobId } = this.job
    seat.tell({ kind: 'refusal', jobId, why })
    for (const unit of results.units) seat.tell({ kind: 'rejected', jobId, unit, evidence: [] })
  }

  async #keep(record: ResultsRecord): Promise<void> {
    this.#journaling += record.results.units.length
    try {
      await this.#ports.journal.append(packJobRecord(record))
    } catch (error) {
      this.#isBroken = true
      this.failures.say(`Results cannot be kept, so no more work is given out: ${reason(error)}`)
      throw error
    } finally {
      this.#journaling -= record.results.units.length
    }
    if (this.#count(record)) this.pump()
    this.#ports.report({ kind: 'changed' })
  }

  /** Counts the votes of a record. Tells whether some unit now wants another opinion. */
  #count({ results, executor, isOwn, outputs }: ResultsRecord): boolean {
    let isWaiting = false
    this.executions[isOwn ? 'own' : executor] += results.units.length
    if (!isOwn) this.ledger.receive(results, results.units.length)
    results.units.forEach((unit, place) => {
      const digest = results.digests[place]
      if (digest === undefined) return
      const output = outputs[place]
      if (output != null && !this.board.isUnitDecided(unit)) this.outputs.set(digest, output)
      const { payee, account } = results
      if (!isOwn) this.#undecided += 1
      const outcome = this.board.vote(
        unit,
        { payee, account, digest, isOwn, executor, evidence: results },
        this.#ports.nowMs(),
      )
      if (outcome.kind === 'waiting') isWaiting ||= this.board.votes(unit).length > 1
      else this.#decide(unit, outcome)
    })
    return isWaiting
  }

  #dispute(unit: number): void {
    if (!this.board.isUnitDecided(unit)) this.#decide(unit, this.board.dispute(unit))
  }

  #decide(unit: number, outcome: Outcome): void {
    const votes = [...outcome.winners, ...outcome.losers]
    this.#undecided -= votes.filter((vote) => !vote.isOwn).length
    const result = outcome.output && this.outputs.get(outcome.output)
    const worth = this.ledger.enter(unit, outcome, result)
    for (const vote of outcome.losers) {
      for (const seat of this.seats) {
        if (seat.payee !== vote.payee || vote.isOwn) continue
        seat.tell({ kind: 'rejected', jobId: this.job.jobId, unit, evidence: this.board.evidence(unit) })
      }
    }
    this.#ports.report({ kind: 'decided', unit, outcome, worth })
  }

  #release(leases: readonly Lease[]): void {
    if (leases.length === 0) return
    for (const { seat, units } of leases) for (const unit of units) this.board.giveBack(unit, seat.payee)
    this.pump()
    this.#ports.report({ kind: 'changed' })
  }
}
