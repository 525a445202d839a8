import type { Chain } from '../chain/chain.ts'
import { balanceOf } from '../chain/chain.ts'
import { cost } from '../market/price.ts'
import { Bell } from '../p2p/bell.ts'
import { serveBlocks } from '../p2p/blocks/serve-blocks.ts'
import { summarise } from '../p2p/relay-summary.ts'
import { sleep } from '../p2p/sleep.ts'
import { accountOf } from '../protocol/account.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import { digestOfCid } from '../protocol/cid.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { encodeManifest, manifestCid } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import type { Settler } from '../settler/settle.ts'
import { replaySettler, settlerJournal } from '../settler/settler-record.ts'
import type { Store } from '../store/store.ts'
import type { KernelSource, LoadedKernel } from '../worker/executor.ts'
import type { Announcer } from './announce.ts'
import { announceJob, contactOf } from './announce.ts'
import { Coordinator } from './coordinate/coordinator.ts'
import { News } from './coordinate/news.ts'
import { serveProvider, tellPromises } from './coordinate/serve-provider.ts'
import { ownSource, prepareJob } from './draft.ts'
import type { Job } from './job.ts'
import type { PublisherKeys } from './job-chain.ts'
import { jobChain } from './job-chain.ts'
import { JOB_JOURNALS, jobJournal, packJobRecord, readJobRecords } from './job-record.ts'
import { JobRun } from './job-run.ts'
import type { PublishPorts } from './publish.ts'
import { makeSettler, publish } from './publish.ts'
import { packResult } from './result.ts'
import type { Draft, JobResult, Publisher, PublisherState, Quote, UnitDetail } from './state.ts'

/** What a publisher is made of. */
export type PublisherParts = Omit<Announcer, 'key'> & {
  readonly store: Store
  readonly money: Chain
  readonly keys: PublisherKeys
  /** Loads a kernel to run here, for the publisher's own opinion. */
  load(source: KernelSource, signal: AbortSignal): Promise<LoadedKernel>
  readonly statementMs: number
  readonly epochMs: number
}

type Made = { readonly run: JobRun; readonly news: News }
type Work = Made & { readonly settler: Settler; readonly over: Promise<void> }

/** The most often that listeners are called. */
const SHOW_MS = 200
const WORK_PROTOCOL = '/weft/work/1'

/** Opens a publisher: it takes its unfinished jobs up again, and lives until the signal aborts. */
export async function openPublisher(parts: PublisherParts, signal: AbortSignal): Promise<PublisherEngine> {
  const engine = new PublisherEngine(parts, signal)
  await engine.resume()
  return engine
}

export class PublisherEngine implements Publisher {
  readonly #parts: PublisherParts
  readonly #signal: AbortSignal
  readonly #works = new Map<Hex, Work>()
  readonly #listeners = new Set<(state: PublisherState) => void>()
  readonly #changes = new Bell()
  readonly #account
  readonly #settler
  #balance: Wei = toWei(0n)

  constructor(parts: PublisherParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.#account = accountOf(parts.keys.publisher)
    this.#settler = accountOf(parts.keys.settler)
  }

  /** Serves providers, and goes on with every job in the store that is not over. */
  async resume(): Promise<void> {
    const { node, store, chain } = this.#parts
    for (const name of await store.journals(JOB_JOURNALS)) await this.#restore(name)
    await serveBlocks(node, (digest) => this.#read(digest))
    const coordinators = (): Map<Hex, Coordinator> =>
      new Map(
        [...this.#works].filter(([, { run }]) => !run.isOver).map(([id, { run }]) => [id, run.coordinator]),
      )
    await node.handle(WORK_PROTOCOL, (stream) =>
      serveProvider(stream, {
        chain,
        coordinators,
        promisedTo: (payee) => [...this.#works.values()].flatMap(({ settler }) => settler.promisedTo(payee)),
        onSeat: (seat, coordinator) => this.#works.get(coordinator.job.jobId)?.run.join(seat),
        follow: (seat, coordinator) => this.#works.get(coordinator.job.jobId)?.news.follow(seat),
        nowMs: this.#parts.nowMs,
      }),
    )
    node.onRelays(() => this.#changes.ring(), this.#signal)
    void this.#showLoop()
  }

  subscribe(listener: (state: PublisherState) => void): () => void {
    this.#listeners.add(listener)
    listener(this.show())
    this.#changes.ring()
    return () => this.#listeners.delete(listener)
  }

  watchOutputs(jobId: Hex, listener: (unit: number, output: Uint8Array) => void): () => void {
    const { run, news } = this.#work(jobId)
    run.outputs.forEach((output, unit) => {
      if (output !== undefined) listener(unit, output)
    })
    return news.watch((unit, digest) => {
      const output = run.coordinator.outputs.get(digest)
      if (output !== undefined) listener(unit, output)
    })
  }

  quote(manifest: Manifest): Quote {
    return cost(manifest)
  }

  async publish(draft: Draft): Promise<Hex> {
    const { store } = this.#parts
    const job = await prepareJob(draft, this.#parts)
    const journal = store.journal(jobJournal(job.jobId))
    await journal.append(packJobRecord({ kind: 'opening', job }), { strict: true })
    const ports = this.#ports()
    try {
      await ports.chain.open(job, ports.contact())
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'reverted' || error.code === 'refused') {
        await store.drop(jobJournal(job.jobId))
        throw error
      }
      // It may have been sent all the same: the job goes on from its journal, and shows why it waits.
    }
    this.#begin(this.#makeRun(job))
    return job.jobId
  }

  async cancel(jobId: Hex): Promise<void> {
    const { run } = this.#work(jobId)
    if (run.isOver) throw new Failure('refused', 'The job is over already')
    await run.coordinator.cancel()
  }

  unit(jobId: Hex, unit: number): UnitDetail {
    return this.#work(jobId).run.unit(unit)
  }

  result(jobId: Hex): Promise<JobResult> {
    const { run } = this.#work(jobId)
    return packResult(run.job.manifest, run.outputs)
  }

  /** Forgets a job that is over: its journals are deleted, and its result with them. Throws `refused` while it is not. */
  async forget(jobId: Hex): Promise<void> {
    const { store } = this.#parts
    if (!this.#work(jobId).run.isOver)
      throw new Failure('refused', 'The job is not over yet: its statements are still worth money')
    this.#works.delete(jobId)
    for (const name of [jobJournal(jobId), settlerJournal(jobId)]) await store.drop(name)
    this.#changes.ring()
  }

  /** Resolves when all that the signal ends has ended. */
  get stopped(): Promise<void> {
    return Promise.all([...this.#works.values()].map(({ over }) => over)).then(() => this.#parts.node.stopped)
  }

  /** Resolves when a job is over: everybody paid, the job closed, or it failed. */
  async over(jobId: Hex): Promise<void> {
    await this.#work(jobId).over
  }

  async #restore(name: string): Promise<void> {
    const { store } = this.#parts
    let made: Made | undefined
    try {
      for await (const record of readJobRecords(store.journal(name))) {
        if (record.kind === 'opening') made = this.#makeRun(record.job)
        else if (record.kind === 'closed') made?.run.end(record)
        else made?.run.coordinator.replay(record)
      }
      if (made === undefined) return
      const { run } = made
      for (const paid of await replaySettler(store.journal(settlerJournal(run.job.jobId)), run.book))
        run.pay(paid)
    } catch (error) {
      const failure = new Failure('storage', `Journal ${name} cannot be read: ${reason(error)}`, {
        cause: error,
      })
      if (made === undefined) throw failure
      made.run.fail(failure)
    }
    this.#begin(made)
  }

  #makeRun(job: Job): Made {
    const { store, nowMs } = this.#parts
    const coordinator: Coordinator = new Coordinator(job, {
      journal: store.journal(jobJournal(job.jobId)),
      nowMs,
      report: (event) => {
        run.note(event)
        news.take(event)
        this.#changes.ring()
      },
    })
    const run = new JobRun(coordinator)
    const news = new News(coordinator)
    return { run, news }
  }

  #begin({ run, news }: Made): void {
    const ports = this.#ports()
    const settler = makeSettler(run, ports, news.bell)
    const over = run.isOver ? Promise.resolve() : this.#see(run, { ports, settler, news })
    this.#works.set(run.job.jobId, { run, settler, news, over })
    this.#changes.ring()
  }

  /** Sees one job through; whatever goes wrong with it stays with it. */
  async #see(
    run: JobRun,
    { ports, settler, news }: { ports: PublishPorts; settler: Settler; news: News },
  ): Promise<void> {
    const done = new AbortController()
    const signal = AbortSignal.any([this.#signal, done.signal])
    void news.run(signal)
    try {
      await publish(run, { ports, settler }, this.#signal)
    } catch (error) {
      if (!this.#signal.aborted)
        run.fail(error instanceof Failure ? error : new Failure('storage', reason(error), { cause: error }))
    }
    done.abort()
    this.#changes.ring()
  }

  #ports(): PublishPorts {
    const parts = this.#parts
    const { keys, chain, escrow, money, store } = parts
    return {
      ...parts,
      chain: jobChain(money, keys),
      domain: { chainId: chain.chainId, escrow },
      contact: () => contactOf(parts.node),
      addresses: () => parts.node.addresses(),
      journal: (name) => store.journal(name),
      announce: (run, isWithdrawn) => announceJob(run.job, isWithdrawn, { ...parts, key: keys.publisher }),
      loadOwn: async (run, signal) => {
        const read = (cid: Parameters<typeof digestOfCid>[0]) => store.blobs.get(digestOfCid(cid))
        return parts.load(await ownSource(run.job.manifest, this.#account, read), signal)
      },
      deliver: (run, promised) => tellPromises(run.coordinator.seats, promised),
      changed: () => this.#changes.ring(),
    }
  }

  /** Finds bytes that providers may ask for: code and inputs, manifests, accepted outputs. */
  async #read(digest: Digest): Promise<Uint8Array | undefined> {
    for (const { run } of this.#works.values()) {
      const output = run.coordinator.outputs.get(digest)
      if (output !== undefined) return output
      if (digestOfCid(manifestCid(run.job.manifest)) === digest) return encodeManifest(run.job.manifest)
    }
    return this.#parts.store.blobs.get(digest)
  }

  #work(jobId: Hex): Work {
    const work = this.#works.get(jobId)
    if (work === undefined) throw new Failure('refused', `Job ${jobId} is not one of this publisher`)
    return work
  }

  async #showLoop(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#changes.wait(5_000, this.#signal)
      if (this.#listeners.size > 0) {
        const balance = await balanceOf(this.#parts.money, this.#account).catch(() => this.#balance) // shown as last known
        this.#balance = balance
        for (const listener of this.#listeners) listener(this.show())
      }
      await sleep(SHOW_MS, this.#signal)
    }
  }

  /** The state as it is now. */
  show(): PublisherState {
    const jobs = [...this.#works.values()]
      .map(({ run }) => run.show())
      .sort((a, b) => b.startedAt - a.startedAt)
    const relay = summarise(this.#parts.node.relays())
    return { account: this.#account, settler: this.#settler, balance: this.#balance, relay, jobs }
  }
}
