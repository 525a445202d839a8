import type { Chain } from '../chain/chain.ts'
import type { Bell } from '../p2p/bell.ts'
import { sleep } from '../p2p/sleep.ts'
import type { Keccak } from '../protocol/account.ts'
import type { Domain } from '../protocol/escrow/domain.ts'
import { Failure, reason } from '../protocol/failure.ts'
import { signStatement } from '../protocol/statement/statement.ts'
import type { Earned } from '../settler/book.ts'
import type { LeafLists } from '../settler/leaf-lists.ts'
import type { PromiseTo } from '../settler/settle.ts'
import { Settler } from '../settler/settle.ts'
import { settlerJournal } from '../settler/settler-record.ts'
import type { Journal, Store } from '../store/store.ts'
import type { KernelSource, LoadedKernel } from '../worker/executor.ts'
import type { Announcer } from './announce.ts'
import { opine, standDown } from './coordinate/opine.ts'
import type { DefenceEvent } from './defend.ts'
import { defend } from './defend.ts'
import type { JobChain, PublisherKeys } from './job-chain.ts'
import { jobJournal, packJobRecord } from './job-record.ts'
import type { JobRun } from './job-run.ts'
import type { Settling } from './pace.ts'

/** What a publisher is made of. */
export type PublisherParts = Omit<Announcer, 'key'> &
  Settling & {
    readonly store: Store
    readonly money: Chain
    readonly keys: PublisherKeys
    /** Loads a kernel to run here, for the publisher's own opinion. */
    load(source: KernelSource, signal: AbortSignal): Promise<LoadedKernel>
    /** WASM may be compiled outside of that, too. */
    readonly mayCompile?: boolean
    /** A faster keccak-256 for the trees of its settlers, where there is one. */
    readonly keccak?: Keccak
  }

/** What it takes to see one job through. */
export type PublishPorts = Settling & {
  readonly chain: JobChain
  readonly money: Chain
  readonly keys: PublisherKeys
  readonly domain: Domain
  readonly lists: LeafLists
  /** What the chain tells of how to reach this publisher. */
  contact(): Uint8Array
  journal(name: string): Journal
  /** Where providers reach this publisher now. */
  addresses(): readonly string[]
  /** Tells the relays of the job, or that it has ended. */
  announce(run: JobRun, isWithdrawn: boolean): Promise<void>
  loadOwn(run: JobRun, signal: AbortSignal): Promise<LoadedKernel>
  deliver(run: JobRun, promiseTo: PromiseTo): void
  changed(): void
  nowMs(): number
}

const TICK_MS = 500
/** However often the settler is woken, it rests so long between two statements. */
const MIN_TURN_MS = 200
const ANNOUNCE_MS = 30_000
const RETRY_MS = 2_000
const MAX_WAIT_MS = 60_000

/** Makes the settler of a job. `bell` wakes it before its time. */
export function makeSettler(run: JobRun, ports: PublishPorts, bell: Bell): Settler {
  const { job, coordinator, book } = run
  const { domain, keys } = ports
  const journal = ports.journal(settlerJournal(job.jobId))
  const earned = (): Earned => ({
    payees: coordinator.ledger.earned,
    units: coordinator.board.counts.accepted + coordinator.board.counts.paid,
    verdicts: coordinator.ledger.verdicts,
    isEnd: coordinator.isEnd,
  })
  return new Settler(
    {
      earned,
      deliver: (promiseTo) => ports.deliver(run, promiseTo),
      report: (event) => {
        run.settle(event)
        ports.changed()
      },
      journal,
      escrow: ports.lists.follow({
        book,
        opening: job.opening,
        journal,
        escrow: ports.chain.escrow(job),
        sign: (statement) => signStatement(statement, domain, keys.settler),
      }),
      nowMs: ports.nowMs,
      async turn(signal) {
        await sleep(MIN_TURN_MS, signal)
        await bell.wait(coordinator.isEnd ? TICK_MS : ports.statementMs, signal)
      },
    },
    {
      book,
      domain,
      key: keys.settler,
      opening: job.opening,
      thrift: ports.thrift,
      claims: ports.claims,
    },
  )
}

/** What it takes to see a job through: its settler, and the bell that wakes it. */
export type SettlingJob = {
  readonly ports: PublishPorts
  readonly settler: Settler
  readonly bell: Bell
}

/** Sees a job through: opens it, leases and settles until everybody is paid, then closes it. Throws `reverted` when the escrow refuses it. */
export async function publish(
  run: JobRun,
  { ports, settler, bell }: SettlingJob,
  signal: AbortSignal,
): Promise<void> {
  await openLoop(run, ports, signal)
  if (signal.aborted) return
  const over = new AbortController()
  const defence = {
    chain: ports.money,
    settlerKey: ports.keys.settler,
    domain: ports.domain,
    book: run.book,
    settler,
    reopen: () => ports.chain.open(run.job, ports.contact()),
    wake: () => bell.ring(),
    report(event: DefenceEvent) {
      if (event.kind === 'trouble') run.settle(event)
      ports.changed()
    },
  }
  await Promise.all([
    defend(run.job, defence, AbortSignal.any([signal, over.signal])),
    work(run, { ports, settler, bell }, signal).finally(() => over.abort()),
  ])
}

/** Leases and settles until everybody is paid, then closes the job. */
async function work(run: JobRun, { ports, settler }: SettlingJob, signal: AbortSignal): Promise<void> {
  const decided = new AbortController()
  const working = AbortSignal.any([signal, decided.signal])
  run.enter('running')
  ports.changed()
  const loops = [
    announceLoop(run, ports, working),
    tickLoop(run, ports, working),
    opinionLoop(run, ports, working),
  ]
  await settler.run(signal)
  decided.abort()
  await Promise.all(loops)
  if (signal.aborted) return
  const withdrawn = withdraw(run, ports)
  await closeLoop(run, ports, signal)
  await untilAborted(withdrawn, signal)
}

/** An opening that was journaled may never have reached the chain; until the chain answers, the job waits. */
async function openLoop(run: JobRun, ports: PublishPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await run.fund(await ports.chain.open(run.job, ports.contact()))
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'reverted') throw error
      run.enter('opening', reason(error))
      ports.changed()
      await sleep(RETRY_MS, signal)
    }
  }
}

/** Announces the job again and again, and at once when the way here has changed; a tab has none before a relay took it in. */
async function announceLoop(run: JobRun, ports: PublishPorts, signal: AbortSignal): Promise<void> {
  let told = { where: '', at: 0 }
  while (!signal.aborted && !run.coordinator.isEnd) {
    const now = { where: ports.addresses().join(), at: ports.nowMs() }
    if (now.where !== '' && (now.where !== told.where || now.at - told.at >= ANNOUNCE_MS)) {
      const telling = ports.announce(run, false).then(
        () => {
          told = now
        },
        () => undefined, // the state of the relays is shown already
      )
      await untilAborted(telling, signal)
    }
    await sleep(RETRY_MS, signal)
  }
}

/** Reissues leases, and moves the phase on when the last unit is decided. */
async function tickLoop(run: JobRun, ports: PublishPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    run.coordinator.tick()
    if (run.coordinator.isEnd && run.phase === 'running') {
      run.enter('settling')
      ports.changed()
    }
    await sleep(TICK_MS, signal)
  }
}

/** Own opinions are help, not duty: when the kernel does not load here, the job waits for providers and says why. */
async function opinionLoop(run: JobRun, ports: PublishPorts, signal: AbortSignal): Promise<void> {
  const turn = (until: AbortSignal): Promise<void> => sleep(TICK_MS, until)
  const load = (): Promise<LoadedKernel> => ports.loadOwn(run, signal)
  if (!run.job.manifest.programs.some((program) => program.kind === 'wasm')) return
  const { coordinator } = run
  coordinator.failures.isReferee = true
  try {
    await opine(coordinator, { load, turn, nowMs: ports.nowMs, key: ports.keys.publisher }, signal)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (signal.aborted) return
    coordinator.failures.say(`The publisher cannot check units itself: ${reason(error)}`)
    await standDown(coordinator)
  }
}

/** Waits for something that may take long, or until the signal aborts. */
async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const settled = new AbortController()
  const stop = (): void => settled.abort()
  await Promise.race([work.finally(stop), sleep(MAX_WAIT_MS, AbortSignal.any([signal, settled.signal]))])
}

async function withdraw(run: JobRun, ports: PublishPorts): Promise<void> {
  await ports.announce(run, true).catch(() => undefined) // it expires by itself otherwise
}

async function closeLoop(run: JobRun, ports: PublishPorts, signal: AbortSignal): Promise<void> {
  run.enter('closing')
  ports.changed()
  while (!signal.aborted) {
    try {
      const back = { ...(await ports.chain.close(run.job, signal)), at: ports.nowMs() }
      await run.coordinator.failures.keep()
      await ports
        .journal(jobJournal(run.job.jobId))
        .append(packJobRecord({ kind: 'closed', ...back }), { strict: true })
      run.end(back)
      return ports.changed()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      run.enter('closing', reason(error))
      ports.changed()
      await sleep(RETRY_MS, signal)
    }
  }
}
