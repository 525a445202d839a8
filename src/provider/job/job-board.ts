import type { Chain } from '../../chain/chain.ts'
import { objectionTo, rankJobs } from '../../market/choose-job.ts'
import type { PeerNode } from '../../p2p/peer-node.ts'
import type { RegistryChange } from '../../p2p/registry/registry.ts'
import type { Announcement, ChainName } from '../../protocol/announcement.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import type { Blobs } from '../../store/store.ts'
import type { Sandbox } from '../../worker/sandbox.ts'
import type { Held } from '../money/check-promise.ts'
import type { ProviderSettings } from '../state.ts'
import { checkJob } from './check-job.ts'
import { loadKernel } from './choose-executor.ts'
import type { WorkPorts } from './job-work.ts'
import { JobWork } from './job-work.ts'
import { loadManifest } from './load-job.ts'
import { Visit } from './visit.ts'

/** What the board needs from the engine. */
export type BoardPorts = Omit<WorkPorts, 'send'> & {
  readonly node: PeerNode
  readonly chain: Chain
  readonly chainName: ChainName
  readonly sandbox: Sandbox
  readonly blobs: Blobs
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
const LINGER_MS = 60_000
const RETRY_MS = 5_000
/** Ended jobs that stay in the list. */
const MAX_ENDED = 20

/** The jobs that are announced, the ones that are worked on, and the publishers that are visited for them. */
export class JobBoard {
  readonly works = new Map<Hex, JobWork>()
  readonly #visits = new Map<string, Visit>()
  readonly #ports: BoardPorts
  readonly #signal: AbortSignal
  readonly #preparing = new Set<JobWork>()
  readonly #retryAt = new Map<JobWork, number>()

  constructor(ports: BoardPorts, signal: AbortSignal) {
    this.#ports = ports
    this.#signal = signal
  }

  get isLoading(): boolean {
    return this.#preparing.size > 0
  }

  get isConnecting(): boolean {
    return [...this.#visits.values()].some((visit) => !visit.link.isOpen && visit.works.size > 0)
  }

  visitOf(work: JobWork): Visit | undefined {
    return this.#visits.get(work.said.peer)
  }

  /** Takes in what a relay says of a job; nothing in it is believed before the chain was asked. */
  take({ kind, announcement }: RegistryChange): void {
    const known = this.works.get(announcement.jobId)
    if (kind === 'removed') {
      if (known !== undefined && known.said.publisher === announcement.publisher) this.#end(known)
      return
    }
    if (known !== undefined) {
      if (known.said.publisher === announcement.publisher && known.said.price === announcement.price)
        known.said = announcement
      return
    }
    const work = this.#makeWork(announcement)
    this.works.set(announcement.jobId, work)
    void this.#check(work)
  }

  /** Decides which jobs are worked on now, and prepares or stops them. To be called when something changed, and every second. */
  choose(): void {
    const taste = this.#ports.settings()
    const now = this.#ports.nowMs()
    for (const work of this.works.values()) this.#sort(work, now)
    const open = [...this.works.values()].filter(
      (work) => work.chain !== undefined && isOpen(work) && !isDone(work),
    )
    const picked = new Set(
      rankJobs(
        open.map((work) => ({ ...offer(work), work })),
        taste,
      )
        .slice(0, MAX_JOBS)
        .map(({ work }) => work),
    )
    for (const work of open) {
      if (picked.has(work)) void this.#prepare(work)
      else if (work.kind === 'working') this.#leave(work)
    }
    this.#endVisits(now)
    this.#forget()
  }

  /** The jobs that can be run now, best first. */
  get active(): JobWork[] {
    return [...this.works.values()].filter(
      (work) => work.kind === 'working' && this.visitOf(work)?.link.isOpen === true,
    )
  }

  /** Hands all leases back. */
  stop(): void {
    for (const work of this.works.values()) work.stop()
  }

  /** Forgets the loaded kernels, so that they are chosen anew. */
  reload(): void {
    for (const work of this.works.values()) {
      if (work.kind === 'working') this.#leave(work)
      if (work.kind === 'unsuitable') work.kind = 'open'
    }
  }

  #makeWork(said: Announcement): JobWork {
    const work: JobWork = new JobWork(said, {
      ...this.#ports,
      send: (message) => this.visitOf(work)?.link.send(message) ?? false,
    })
    return work
  }

  async #check(work: JobWork): Promise<void> {
    const { chain, chainName, onChain, onChange } = this.#ports
    try {
      work.chain = await checkJob(chain, chainName, work.said)
      onChain('')
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'unreachable' || error.code === 'timeout') {
        onChain(`The chain does not answer: ${reason(error)}`)
        this.works.delete(work.said.jobId) // it is announced again
      } else this.refuse(work, error)
    }
    onChange()
  }

  #sort(work: JobWork, now: number): void {
    const objection = objectionTo(offer(work), this.#ports.settings())
    if (objection !== undefined && (isOpen(work) || work.kind === 'unsuitable')) {
      if (work.kind === 'working') this.#leave(work)
      work.kind = objection
      work.why = objection === 'skipped' ? 'skipped by you' : 'the price is below your minimum'
    } else if (objection === undefined && (work.kind === 'skipped' || work.kind === 'below-minimum')) {
      work.kind = 'open'
      work.why = ''
    }
    if ((this.#retryAt.get(work) ?? Number.POSITIVE_INFINITY) <= now) this.#retryAt.delete(work)
  }

  /** Connects to the publisher, fetches what the job needs, and begins. What fails for a while is tried again. */
  async #prepare(work: JobWork): Promise<void> {
    if (work.kind === 'working' || this.#preparing.has(work) || this.#retryAt.has(work)) return
    const visit = this.#visit(work)
    if (!visit.link.isOpen) return
    this.#preparing.add(work)
    const { blobs, sandbox, settings, onChange } = this.#ports
    try {
      const from = { source: visit.source, cache: blobs, signal: visit.signal }
      const manifest = work.manifest ?? (await loadManifest(work.said, from))
      work.manifest = manifest
      onChange()
      const job = { manifest, owner: work.said.publisher }
      work.begin(await loadKernel(job, { sandbox, settings: settings(), from }))
      if (visit.link.isOpen) work.open()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (!this.#signal.aborted) this.#object(work, error)
    }
    this.#preparing.delete(work)
    onChange()
  }

  #object(work: JobWork, failure: Failure): void {
    work.why = reason(failure)
    if (TRANSIENT.includes(failure.code)) this.#retryAt.set(work, this.#ports.nowMs() + RETRY_MS)
    else work.kind = 'unsuitable'
  }

  /** Ends the work on a job for what its publisher did. */
  refuse(work: JobWork, failure: Failure): void {
    this.#leave(work)
    work.kind = 'refused'
    work.why = reason(failure)
  }

  #visit(work: JobWork): Visit {
    const { peer, jobId } = work.said
    const known = this.#visits.get(peer)
    const visit =
      known ??
      new Visit(
        work,
        { ...this.#ports, onMessage: (from, message) => this.#route(from, message) },
        this.#signal,
      )
    this.#visits.set(peer, visit)
    visit.works.set(jobId, work)
    return visit
  }

  #route(visit: Visit, message: WorkMessage): void {
    const { onPromise, onChange } = this.#ports
    if (message.kind === 'statement') {
      const work = visit.works.get(message.signed.statement.jobId)
      onPromise({ signed: message.signed, leaf: message.leaf, proof: message.proof }, work)
    } else if (message.kind === 'refusal' && message.jobId === undefined) visit.trouble = message.why
    else {
      const jobId = 'jobId' in message ? message.jobId : undefined
      if (jobId !== undefined) visit.works.get(jobId)?.take(message)
    }
    onChange()
  }

  #leave(work: JobWork): void {
    work.stop()
    work.kernel?.close()
    work.kernel = undefined
    work.kind = 'open'
  }

  #end(work: JobWork): void {
    this.#leave(work)
    work.kind = 'ended'
    work.why = 'the job has ended'
    this.#ports.onChange()
  }

  /** A visit ends some time after its last job, unless something is still owed. */
  #endVisits(now: number): void {
    for (const [peer, visit] of this.#visits) {
      const isNeeded = [...visit.works.values()].some(
        (work) => work.kind === 'working' || this.#preparing.has(work) || work.owed.exposure.units > 0,
      )
      if (isNeeded) visit.unneededSince = undefined
      else visit.unneededSince ??= now
      if (now - (visit.unneededSince ?? now) < LINGER_MS) continue
      visit.end()
      this.#visits.delete(peer)
    }
  }

  #forget(): void {
    const ended = [...this.works.values()].filter(
      (work) => work.kind === 'ended' && work.owed.exposure.units === 0,
    )
    for (const work of ended.slice(0, Math.max(0, ended.length - MAX_ENDED))) {
      this.works.delete(work.said.jobId)
      this.visitOf(work)?.works.delete(work.said.jobId)
    }
  }
}

const TRANSIENT: readonly string[] = ['unreachable', 'timeout', 'cancelled', 'storage', 'device-lost']

function offer({ said }: JobWork): {
  jobId: Hex
  publisher: Announcement['publisher']
  price: Announcement['price']
} {
  return { jobId: said.jobId, publisher: said.publisher, price: said.price }
}

function isOpen({ kind }: JobWork): boolean {
  return kind === 'open' || kind === 'working'
}

/** The publisher has said that there is nothing left to do. */
function isDone({ idle }: JobWork): boolean {
  return idle === 'done' || idle === 'closing'
}
