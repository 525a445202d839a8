import type { Chain } from '../../chain/chain.ts'
import { objectionTo, rankJobs } from '../../market/choose-job.ts'
import type { PeerNode } from '../../p2p/peer-node.ts'
import type { RegistryChange } from '../../p2p/registry/registry.ts'
import type { Announcement, ChainName } from '../../protocol/announcement.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import type { Blobs } from '../../store/store.ts'
import type { Held } from '../money/check-promise.ts'
import type { TokenBook } from '../money/token-book.ts'
import type { ProviderSettings } from '../state.ts'
import { checkJob } from './check-job.ts'
import type { ChoiceParts } from './choose-executor.ts'
import { loadKernel } from './choose-executor.ts'
import { explainObjection, isDone, isObjected, isOpen, reopen } from './explain-objection.ts'
import { GpuSight } from './gpu-sight.ts'
import type { WorkPorts } from './job-work.ts'
import { JobWork } from './job-work.ts'
import { loadManifest } from './load-job.ts'
import { tellUnfit } from './tell-unfit.ts'
import type { Visit } from './visit.ts'
import { Visits } from './visits.ts'

/** What the board needs from the engine. */
export type BoardPorts = Omit<WorkPorts, 'send'> &
  Pick<ChoiceParts, 'sandbox' | 'admission'> & {
    readonly node: PeerNode
    readonly chain: Chain
    readonly chainName: ChainName
    readonly blobs: Blobs
    readonly tokens: Pick<TokenBook, 'of'>
    hello(): unknown
    settings(): ProviderSettings
    onPromise(held: Held, work: JobWork | undefined): void
    /** Whether the chain answered the last time; `why` is empty when it did. */
    onChain(why: string): void
    /** There may be something new to run or to show. */
    onChange(): void
  }

/** So many jobs are worked on at a time, the best paid first. */
const MAX_JOBS = 3
const RETRY_MS = 5_000
/** A job whose publisher cannot be reached for so long makes room for others until it can. */
const PATIENCE_MS = 20_000
/** So many announcements are checked against the chain at a time. */
const MAX_CHECKS = 4
/** Ended jobs, and such as never were, that stay in the list. */
const MAX_OVER = 20

/** The jobs that are announced, the ones that are worked on, and the publishers that are visited for them. */
export class JobBoard {
  readonly works = new Map<Hex, JobWork>()
  readonly #visits: Visits
  readonly #ports: BoardPorts
  readonly #signal: AbortSignal
  readonly #checking = new Set<JobWork>()
  readonly #preparing = new Map<JobWork, AbortController>()
  readonly #retryAt = new Map<JobWork, number>()
  readonly #gpu: GpuSight

  constructor(ports: BoardPorts, signal: AbortSignal) {
    this.#ports = ports
    this.#signal = signal
    this.#gpu = new GpuSight(ports.sandbox)
    const onMessage = (from: Visit, message: WorkMessage): void => this.#route(from, message)
    this.#visits = new Visits({ ...ports, onMessage }, signal)
  }

  get isLoading(): boolean {
    return this.#preparing.size > 0
  }

  get isConnecting(): boolean {
    return [...this.works.values()].some(
      (work) =>
        isOpen(work) &&
        !this.#retryAt.has(work) &&
        !this.#isAway(work) &&
        this.visitOf(work)?.link.isOpen === false,
    )
  }

  visitOf(work: JobWork): Visit | undefined {
    return this.#visits.of(work)
  }

  /** Takes in what a relay says of a job; nothing in it is believed before the chain was asked. */
  take({ kind, announcement }: RegistryChange): void {
    const name = announcement.jobId
    const known = this.works.get(name)
    if (kind === 'removed') {
      if (known !== undefined) this.#end(known)
    } else if (known === undefined) this.works.set(name, this.#makeWork(announcement))
    else if (known.said.price === announcement.price) {
      known.said = announcement
      if (known.kind === 'ended') reopen(known)
    }
  }

  /** Decides which jobs are worked on now, and prepares or stops them. To be called when something changed, and every second. */
  choose(): void {
    if (this.#signal.aborted) return
    const isAffected = this.#gpu.change()
    if (isAffected !== undefined) this.reload(isAffected)
    const taste = this.#ports.settings()
    const now = this.#ports.nowMs()
    for (const work of this.works.values()) this.#sort(work, now)
    const open = [...this.works.values()].filter(
      (work) => isOpen(work) && !isDone(work) && !this.#retryAt.has(work) && !this.#isAway(work),
    )
    let places = MAX_JOBS
    for (const { work } of rankJobs(
      open.map((entry) => ({ ...offerOf(entry), work: entry })),
      taste,
    )) {
      if (work.chain === undefined) void this.#check(work)
      else if (places === 0) this.#leave(work)
      else {
        places -= 1
        void this.#prepare(work)
      }
    }
    this.#visits.tidy(now, (work) => work.kind === 'working' || this.#preparing.has(work))
    this.#forget()
  }

  /** The jobs that can be run now, best first. */
  get active(): JobWork[] {
    return [...this.works.values()].filter(
      (work) => work.kind === 'working' && this.visitOf(work)?.link.isOpen === true,
    )
  }

  /** Hands all leases back, at once. */
  stop(): void {
    for (const work of this.works.values()) work.stop()
    this.#visits.flush()
  }

  /** Forgets the loaded kernels, of all jobs or some, so that they are chosen anew. */
  reload(isMeant: (work: JobWork) => boolean = () => true): void {
    for (const work of [...this.works.values()].filter(isMeant)) {
      this.#leave(work)
      if (work.kind === 'unsuitable') work.kind = 'open'
    }
  }

  /** Greets the publishers anew: what a hello said of us is no longer true. */
  reconnect(): void {
    this.reload()
    this.#visits.endAll()
  }

  #makeWork(said: Announcement): JobWork {
    const work: JobWork = new JobWork(said, {
      ...this.#ports,
      send: (message) => this.visitOf(work)?.link.send(message) ?? false,
    })
    return work
  }

  async #check(work: JobWork): Promise<void> {
    if (this.#checking.has(work) || this.#checking.size >= MAX_CHECKS) return
    this.#checking.add(work)
    const { chain, chainName, onChain, onChange } = this.#ports
    try {
      work.chain = await checkJob(chain, chainName, work.said)
      onChain('')
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'unreachable') {
        onChain(reason(error))
        this.#retry(work, RETRY_MS)
      } else if (isOpen(work)) this.refuse(work, error)
    } finally {
      this.#checking.delete(work)
    }
    onChange()
  }

  #sort(work: JobWork, now: number): void {
    const objection = objectionTo(offerOf(work), this.#ports.settings())
    const wasObjected = isObjected(work.kind)
    if (objection !== undefined && (isOpen(work) || wasObjected || work.kind === 'unsuitable')) {
      this.#leave(work)
      work.kind = objection
      work.why = explainObjection(objection, work.said.opening.token, this.#ports.tokens)
    } else if (objection === undefined && wasObjected) {
      work.kind = 'open'
      work.why = ''
    }
    if ((this.#retryAt.get(work) ?? Number.POSITIVE_INFINITY) <= now) this.#retryAt.delete(work)
    if (work.kind === 'working' && this.#isAway(work)) this.#leave(work)
  }

  #isAway(work: JobWork): boolean {
    return this.#visits.downMs(work, this.#ports.nowMs()) >= PATIENCE_MS
  }

  #retry(work: JobWork, afterMs: number): void {
    this.#retryAt.set(work, this.#ports.nowMs() + afterMs)
  }

  /** Connects to the publisher, fetches what the job needs, and begins. What fails for a while is tried again. */
  async #prepare(work: JobWork): Promise<void> {
    if (work.kind === 'working' || this.#preparing.has(work)) return
    const visit = this.#visits.begin(work)
    if (!visit.link.isOpen) return
    const stop = new AbortController()
    this.#preparing.set(work, stop)
    const { blobs, settings, onChange } = this.#ports
    try {
      const signal = AbortSignal.any([visit.signal, stop.signal])
      const from = { source: visit.source, cache: blobs, signal }
      const manifest = work.manifest ?? (await loadManifest(work.said, from))
      work.manifest = manifest
      onChange()
      const job = { manifest, owner: work.said.opening.publisher }
      const kernel = await loadKernel(job, { ...this.#ports, settings: settings(), from })
      if (signal.aborted || work.kind !== 'open') kernel.close()
      else {
        work.begin(kernel)
        if (visit.link.isOpen) work.open()
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (!this.#signal.aborted && !stop.signal.aborted) this.#object(work, error)
      if (work.kind === 'unsuitable') tellUnfit(visit, work, error)
    } finally {
      this.#preparing.delete(work)
    }
    onChange()
  }

  #object(work: JobWork, failure: Failure): void {
    work.why = reason(failure)
    if (TRANSIENT.includes(failure.code)) this.#retry(work, RETRY_MS)
    else work.kind = 'unsuitable'
  }

  /** Ends the work on a job for what its publisher did. */
  refuse(work: JobWork, failure: Failure): void {
    this.#leave(work)
    work.kind = 'refused'
    work.why = reason(failure)
  }

  #route(visit: Visit, message: WorkMessage): void {
    const { onPromise, onChange } = this.#ports
    if (message.kind === 'statement') {
      const work = visit.works.get(message.signed.statement.jobId)
      onPromise(message, work)
    } else {
      const jobId = 'jobId' in message ? message.jobId : undefined
      if (jobId !== undefined) visit.works.get(jobId)?.take(message)
    }
    onChange()
  }

  #leave(work: JobWork): void {
    this.#preparing.get(work)?.abort()
    if (work.kind === 'working') work.leave()
  }

  #end(work: JobWork): void {
    this.#leave(work)
    work.kind = 'ended'
    work.why = 'the job has ended'
    this.#ports.onChange()
  }

  #forget(): void {
    const over = [...this.works.values()].filter((work) => {
      if (work.kind === 'refused') return work.chain === undefined
      return work.kind === 'ended' && (work.owed.exposure.units === 0 || this.visitOf(work) === undefined)
    })
    for (const work of over.slice(0, Math.max(0, over.length - MAX_OVER))) {
      this.works.delete(work.said.jobId)
      if (work.chain !== undefined) this.visitOf(work)?.works.delete(work.said.jobId)
      this.#retryAt.delete(work)
    }
  }
}

function offerOf({ said: { jobId, price, opening } }: JobWork) {
  return { jobId, price, publisher: opening.publisher, token: opening.token }
}

const TRANSIENT: readonly string[] = [
  'unreachable',
  'timeout',
  'cancelled',
  'storage',
  'device-lost',
  'wedged',
]
