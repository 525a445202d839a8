import { balanceOf } from '../chain/chain.ts'
import type { Job as ChainJob } from '../chain/escrow/read-escrow.ts'
import { cost } from '../market/price.ts'
import { Bell } from '../p2p/bell.ts'
import { serveBlocks } from '../p2p/blocks/serve-blocks.ts'
import { summarise } from '../p2p/relay-summary.ts'
import { sleep } from '../p2p/sleep.ts'
import { accountOf } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import { digestOfCid } from '../protocol/cid.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { Manifest } from '../protocol/manifest/manifest.ts'
import { encodeManifest, manifestCid } from '../protocol/manifest/manifest.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { LeafLists } from '../settler/leaf-lists.ts'
import type { Settler } from '../settler/settle.ts'
import { replaySettler, settlerJournal } from '../settler/settler-record.ts'
import { announceJob, contactOf, mirrorList } from './announce.ts'
import { Coordinator } from './coordinate/coordinator.ts'
import { News } from './coordinate/news.ts'
import { serveProvider, tellPromises } from './coordinate/serve-provider.ts'
import { checkDraft, type Desk, loadOwn, prepareJob } from './draft.ts'
import { addFunds, followFunds } from './funds/funds.ts'
import { readHeld } from './funds/means.ts'
import type { Job } from './job.ts'
import { jobChain } from './job-chain.ts'
import { JOB_JOURNALS, jobJournal, packJobRecord, readJobRecords } from './job-record.ts'
import { JobRun } from './job-run.ts'
import type { PublisherParts, PublishPorts } from './publish.ts'
import { makeSettler, publish } from './publish.ts'
import { packResult } from './result.ts'
import type { Draft, HeldToken, JobResult, Publisher, PublisherState, Quote, UnitDetail } from './state.ts'

type EngineParts = PublisherParts & Pick<Desk, 'checked'> & { readonly lists: LeafLists }
type Made = { readonly run: JobRun; readonly news: News }
type Work = Made & { readonly settler: Settler; readonly over: Promise<void> }

/** The most often that listeners are called. */
const SHOW_MS = 200
const WORK_PROTOCOL = '/weft/work/1'

/** Opens a publisher: it takes its unfinished jobs up again, and lives until the signal aborts. */
export async function openPublisher(parts: PublisherParts, signal: AbortSignal): Promise<PublisherEngine> {
  const lists = new LeafLists((signed, opening) => mirrorList(signed, opening, parts))
  const engine = new PublisherEngine({ ...parts, lists, checked: new Map() }, signal)
  await engine.resume()
  return engine
}

export class PublisherEngine implements Publisher {
  readonly #parts: EngineParts
  readonly #signal: AbortSignal
  readonly #works = new Map<Hex, Work>()
  readonly #listeners = new Set<(state: PublisherState) => void>()
  readonly #changes = new Bell()
  readonly #account
  readonly #settler
  #balance: Wei = toWei(0n)

  constructor(parts: EngineParts, signal: AbortSignal) {
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
    const tell = (unit: number, output: Uint8Array | undefined): void => {
      if (output !== undefined) listener(unit, output)
    }
    for (const [unit, output] of run.outputs.entries()) tell(unit, output)
    return news.watch((unit, digest) => tell(unit, run.output(digest)))
  }

  quote(manifest: Manifest): Quote {
    return cost(manifest)
  }

  check(draft: Draft): Promise<void> {
    return checkDraft(draft, this.#parts)
  }

  async publish(draft: Draft): Promise<Hex> {
    const job = await prepareJob(draft, this.#parts)
    const record = packJobRecord({ kind: 'opening', job })
    await this.#parts.store.journal(jobJournal(job.jobId)).append(record, { strict: true })
    const [ports, made] = [this.#ports(), this.#makeRun(job)]
    try {
      await made.run.fund(await ports.chain.open(job, ports.contact()))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'reverted' || error.code === 'refused') {
        await this.#parts.store.drop(jobJournal(job.jobId))
        throw error
      }
      // It may have been sent all the same: the job goes on from its journal, and shows why it waits.
    }
    this.#begin(made)
    return job.jobId
  }

  token(address: Address): Promise<HeldToken> {
    return readHeld(this.#parts.money, this.#account, address)
  }

  async topUp(jobId: Hex, amount: Wei): Promise<void> {
    const { run } = this.#work(jobId)
    const { money, keys } = this.#parts
    if (!run.isRunning) throw new Failure('refused', 'amount: the job is ending, nothing can be added to it')
    await run.fund(await addFunds(money, keys.publisher, { job: run.job, amount }))
    this.#changes.ring()
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
    if (!this.#work(jobId).run.isOver)
      throw new Failure('refused', 'The job is not over yet: its statements are still worth money')
    this.#works.delete(jobId)
    this.#parts.lists.forget(jobId)
    for (const name of [jobJournal(jobId), settlerJournal(jobId)]) await this.#parts.store.drop(name)
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
        else made?.run.replay(record)
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
    const coordinator: Coordinator = new Coordinator(job, {
      journal: this.#parts.store.journal(jobJournal(job.jobId)),
      nowMs: this.#parts.nowMs,
      report: (event) => {
        run.note(event)
        news.take(event)
        this.#changes.ring()
      },
    })
    const run = new JobRun(coordinator, this.#parts.keccak)
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
    const { money: chain, statementMs: everyMs } = this.#parts
    const take = (found: ChainJob): Promise<void> => run.fund(found).then(() => this.#changes.ring())
    void followFunds(run.job, { chain, everyMs, take }, signal)
    try {
      await publish(run, { ports, settler, bell: news.bell }, this.#signal)
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
      loadOwn: (run, signal) => loadOwn(run.job.manifest, parts, signal),
      deliver: (run, promiseTo) => tellPromises(run.coordinator.seats, promiseTo),
      changed: () => this.#changes.ring(),
    }
  }

  /** Finds bytes that providers may ask for: code and inputs, manifests, accepted outputs, lists of leaves. */
  async #read(digest: Digest): Promise<Uint8Array | undefined> {
    for (const { run } of this.#works.values()) {
      const output = run.coordinator.outputs.get(digest)
      if (output !== undefined) return output
      if (digestOfCid(manifestCid(run.job.manifest)) === digest) return encodeManifest(run.job.manifest)
    }
    return (await this.#parts.lists.read(digest)) ?? this.#parts.store.blobs.get(digest)
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
        this.#balance = await balanceOf(this.#parts.money, this.#account).catch(() => this.#balance) // shown as last known
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
