import type { Job } from '../../chain/escrow/read-escrow.ts'
import { GIVE_UP_UNITS } from '../../market/distrust.ts'
import { isJustified } from '../../market/evidence.ts'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import type { Announcement } from '../../protocol/announcement.ts'
import type { Digest } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import type { Wei } from '../../protocol/wei.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { FailedUnit, IdleReason, UnitFailure, WorkMessage } from '../../protocol/work/message.ts'
import { signResults } from '../../protocol/work/result.ts'
import type { LoadedKernel, UnitRun } from '../../worker/executor.ts'
import { Owed } from '../money/owed.ts'
import type { JobView } from '../state.ts'
import { countFaults, deliveryOf, givingUp, openUnits } from './delivery.ts'
import type { Stop } from './why-stop.ts'

/** A lease with the moment at which its units go to others (ms since 1970), what came of it so far, and how long that took. */
export type Lease = Extract<WorkMessage, { kind: 'lease' }> & {
  readonly expiresAt: number
  readonly runs: readonly UnitRun[]
  readonly busyMs: number
}
type Identity = { readonly key: PrivateKey; readonly payee: Address }

/** What happened with units of a job. */
export type WorkEvent = {
  readonly work: JobWork
  readonly units: readonly number[]
  /** What each unit earns, or would have. */
  readonly worths: readonly Wei[]
  readonly why: string
} & (
  | { readonly kind: 'delivered'; readonly outputs: readonly Uint8Array[] }
  | { readonly kind: 'accepted' | 'rejected' }
  | { readonly kind: 'failed'; readonly code: UnitFailure }
)

export type WorkPorts = {
  send(message: WorkMessage): boolean
  report(event: WorkEvent): void
  /** What others computed and the publisher accepted. */
  onAccepted(work: JobWork, units: readonly number[], digests: readonly Digest[]): void
  /** Whether more may be owed by the publisher, or why not. */
  whyStop(work: JobWork): Stop | undefined
  nowMs(): number
}

/** Results must leave here so long before their lease ends. */
const MARGIN_MS = 1_000
const TOO_LATE = 'A frame took longer than its lease, and others have its units now'

/** One open job as this provider sees it: what is known of it, the leases it has, what it is owed. */
export class JobWork {
  said: Announcement
  readonly #ports: WorkPorts
  kind: JobView['kind'] = 'open'
  why = ''
  /** What the escrow says; undefined until it was asked. */
  chain: Job | undefined
  manifest: Manifest | undefined
  kernel: LoadedKernel | undefined
  owed: Owed
  /** Units that the publisher told as accepted; after a new connection it tells them again. */
  readonly #acceptedUnits = new Set<number>()
  ownOpinions = 0
  failed = 0
  idle: IdleReason | undefined
  readonly #queue: Lease[] = []
  readonly #running = new Map<Lease, AbortController>()
  #credit = 0
  #failures = 0

  constructor(said: Announcement, ports: WorkPorts) {
    this.said = said
    this.#ports = ports
    this.owed = new Owed()
  }

  get acceptedUnits(): number {
    return this.#acceptedUnits.size
  }

  /** Units that run now, or go on at their next turn. */
  get running(): number {
    const begun = this.#queue.filter(({ runs }) => runs.length > 0)
    return [...this.#running.keys(), ...begun].reduce((sum, { units }) => sum + units.length, 0)
  }

  /** Whether something runs, or rests until its turn. */
  get isBusy(): boolean {
    return this.#running.size > 0 || (this.#queue.length > 0 && this.kind === 'working')
  }

  /** Why no more is done for this publisher just now: too much is unsigned or not posted. */
  get stopped(): Stop | undefined {
    return this.#ports.whyStop(this)
  }

  get executor(): ExecutorKind | undefined {
    return this.kernel?.executor
  }

  /** Begins to work with a kernel that is loaded. */
  begin(kernel: LoadedKernel): void {
    this.kernel = kernel
    this.kind = 'working'
    this.why = ''
    this.#failures = 0
  }

  /** The link is up (again): what was leased over the old one is gone. */
  open(): void {
    this.#drop()
    this.#ports.send({ kind: 'follow', jobId: this.said.jobId })
  }

  /** Hands back what is leased and what was asked for, and stops what runs. */
  stop(): void {
    const leases = [...this.#queue, ...this.#running.keys()].map(({ lease }) => lease)
    const isHolding = leases.length > 0 || this.#credit > 0
    this.#drop()
    if (isHolding) this.#giveBack(leases)
  }

  /** The link is down: nobody can tell what of the work on its way has arrived. */
  lose(): void {
    this.#drop()
    this.owed.doubt()
  }

  /** Stops, and lets go of the kernel. */
  leave(): void {
    this.stop()
    this.kernel?.close()
    this.kernel = undefined
    if (this.kind === 'working') this.kind = 'open'
  }

  /** Asks for frames until `window` are on their way, queued or running. */
  want(window: number): void {
    const { executor } = this
    const frames = window - this.#credit - this.#queue.length - this.#running.size
    if (executor === undefined || this.kind !== 'working' || frames <= 0 || this.stopped) return
    if (this.#ports.send({ kind: 'want', jobId: this.said.jobId, executor, frames })) this.#credit += frames
  }

  /** The next lease to run; undefined when there is none. */
  next(): Lease | undefined {
    const now = this.#ports.nowMs()
    for (let lease = this.#queue.shift(); lease !== undefined; lease = this.#queue.shift()) {
      if (lease.expiresAt > now) {
        this.#running.set(lease, new AbortController())
        return lease
      }
      if (lease.runs.length > 0) this.why = TOO_LATE
    }
    return undefined
  }

  /** Runs units of a lease that `next` gave until others should have their turn, and delivers when all are done. Returns how many ran, and how long. */
  async run(lease: Lease, as: Identity): Promise<{ units: number; busyMs: number }> {
    const { kernel } = this
    const stop = this.#running.get(lease)
    if (kernel === undefined || stop === undefined) return { units: 0, busyMs: 0 }
    const late = setTimeout(() => stop.abort(), lease.expiresAt - this.#ports.nowMs())
    const startedAt = performance.now()
    const ran = await kernel.runSome(openUnits(lease), stop.signal)
    const busyMs = performance.now() - startedAt
    clearTimeout(late)
    if (!this.#running.delete(lease)) return { units: ran.length, busyMs }
    const begun = { ...lease, runs: [...lease.runs, ...ran], busyMs: lease.busyMs + busyMs }
    if (stop.signal.aborted || lease.expiresAt <= this.#ports.nowMs()) this.why = TOO_LATE
    else if (openUnits(begun).length > 0) this.#queue.unshift(begun)
    else this.#deliver(begun, as)
    return { units: ran.length, busyMs }
  }

  take(message: WorkMessage): void {
    if (message.kind === 'lease') this.#take(message)
    else if (message.kind === 'idle') this.idle = message.why
    else if (message.kind === 'accepted') this.#accept(message)
    else if (message.kind === 'rejected') this.#reject(message)
    else if (message.kind === 'refusal') this.why = message.why
  }

  #take(lease: Extract<WorkMessage, { kind: 'lease' }>): void {
    this.idle = undefined
    if (this.#credit === 0) {
      this.#giveBack([lease.lease]) // it was on its way when we stopped
      return
    }
    this.#credit -= 1
    const expiresAt = this.#ports.nowMs() + lease.ttlMs - MARGIN_MS
    this.#queue.push({ ...lease, expiresAt, runs: [], busyMs: 0 })
  }

  #giveBack(leases: readonly number[]): void {
    this.#ports.send({ kind: 'return', jobId: this.said.jobId, leases })
  }

  #accept({ units, digests, own }: Extract<WorkMessage, { kind: 'accepted' }>): void {
    const before = this.#acceptedUnits.size
    for (const unit of units) this.#acceptedUnits.add(unit)
    this.ownOpinions += Math.min(own, this.#acceptedUnits.size - before)
    const mine = units.filter((unit, place) =>
      this.owed.accept(unit, digests[place] ?? ('' as Digest), this.#ports.nowMs()),
    )
    const worths = mine.map((unit) => this.owed.worthOf(unit))
    if (mine.length > 0) this.#ports.report({ kind: 'accepted', work: this, units: mine, worths, why: '' })
    this.#ports.onAccepted(this, units, digests)
  }

  /** A rejection counts only with evidence; without it the result stays owed. */
  #reject({ unit, evidence }: Extract<WorkMessage, { kind: 'rejected' }>): void {
    const digest = this.owed.digestOf(unit)
    if (digest === undefined) return
    const { jobId, opening } = this.said
    const { publisher } = opening
    const quorum = this.manifest?.verify.quorum ?? 2
    if (!isJustified(evidence, { jobId, unit, digest, publisher, quorum })) {
      this.owed.doubt(unit)
      this.why = `The publisher rejects unit ${unit} without evidence; it stays owed`
      return
    }
    const worths = [this.owed.worthOf(unit)]
    this.owed.reject(unit)
    this.#ports.report({
      kind: 'rejected',
      work: this,
      units: [unit],
      worths,
      why: 'Other results for this unit agree on a different output',
    })
  }

  #deliver({ lease, runs, busyMs }: Lease, { key, payee }: Identity): void {
    const { jobId } = this.said
    const { manifest } = this
    if (manifest === undefined) return
    const { units, outputs, results: packed, digests, worths, failed } = deliveryOf(manifest, runs)
    const results = { jobId, payee, units, digests }
    const signed = { ...results, account: accountOf(key), signature: signResults(results, key) }
    const said = { lease, results: signed, outputs: packed, failed, elapsedMs: Math.round(busyMs) }
    if (!this.#send({ kind: 'result', ...said })) return
    const unitMs = busyMs / runs.length
    for (const [place, unit] of units.entries())
      this.owed.deliver(unit, { digest: digests[place] as Digest, unitMs, worth: worths[place] as Wei })
    if (units.length > 0)
      this.#ports.report({ kind: 'delivered', work: this, units, worths, outputs, why: '' })
    this.#failures = countFaults(this.#failures, runs, GIVE_UP_UNITS)
    this.#noteFailures(failed)
  }

  /** A result that no frame can carry ends the work on this job, and nothing else. */
  #send(result: WorkMessage): boolean {
    try {
      return this.#ports.send(result)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.leave()
      this.kind = 'unsuitable'
      this.why = `Its results cannot be sent: ${error.message}`
      return false
    }
  }

  #noteFailures(failed: readonly FailedUnit[]): void {
    const [first] = failed
    if (first === undefined) return
    this.failed += failed.length
    for (const code of new Set(failed.map((each) => each.code))) {
      const alike = failed.filter((each) => each.code === code)
      const [units, worths] = [alike.map(({ unit }) => unit), alike.map(() => this.said.price)]
      this.#ports.report({ kind: 'failed', work: this, code, units, worths, why: alike[0]?.message ?? '' })
    }
    if (this.#failures < GIVE_UP_UNITS) return
    this.#ports.send(givingUp(this, `${this.#failures} units in a row failed: ${first.message}`))
    this.leave()
    this.kind = 'unsuitable'
    this.why = `Its kernel fails here: ${first.message}`
  }

  #drop(): void {
    for (const stop of this.#running.values()) stop.abort()
    this.#running.clear()
    this.#queue.length = 0
    this.#credit = 0
    this.idle = undefined
  }
}
