import type { Chain } from '../chain/chain.ts'
import { Bell } from '../p2p/bell.ts'
import type { PeerNode } from '../p2p/peer-node.ts'
import type { Registry } from '../p2p/registry/registry.ts'
import type { Relayers } from '../p2p/relayer/relayers.ts'
import { sleep } from '../p2p/sleep.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { ChainName } from '../protocol/announcement.ts'
import { reason } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import { packHello } from '../protocol/work/hello.ts'
import type { Store, Values } from '../store/store.ts'
import type { Sandbox } from '../worker/sandbox.ts'
import type { LateCashOuts } from './cash-out/late-cash-outs.ts'
import { Governor } from './governor.ts'
import { History } from './history.ts'
import { Income } from './income.ts'
import { JobBoard } from './job/job-board.ts'
import type { JobWork, WorkEvent } from './job/job-work.ts'
import { Tiles } from './job/tiles.ts'
import type { Held } from './money/check-promise.ts'
import type { Notices } from './money/guard/notices.ts'
import type { Purse } from './money/purse.ts'
import type { TokenBook } from './money/token-book.ts'
import type { Lane } from './provide.ts'
import { provide } from './provide.ts'
import { packSettings, parseSettings } from './settings.ts'
import { showState } from './show-state.ts'
import type { ProviderSettings, ProviderState } from './state.ts'

/** What a provider is made of. */
export type EngineParts = {
  readonly node: PeerNode
  readonly registry: Registry
  readonly chain: Chain
  readonly chainName: ChainName
  readonly sandbox: Sandbox
  readonly store: Store
  readonly purse: Purse
  readonly tokens: TokenBook
  /** Where what belongs to this chain is kept. */
  readonly values: Values
  readonly notices: Notices
  readonly relayers: Relayers
  readonly cashOuts: LateCashOuts
  /** What was promised on an earlier chain of this id that is gone. */
  readonly voided: Wei
  readonly key: PrivateKey
  readonly settings: ProviderSettings
  /** How many CPU workers this machine can have at most. */
  readonly maxCpuWorkers: number
  /** How often the chain is asked what became of promises. */
  readonly moneyMs: number
  nowMs(): number
}

/** Frames on their way to each job beyond the lanes that run them. */
const AHEAD = 2
const GPU_LANES = 2
const TICK_MS = 1_000
const SHOW_MS = 200
export const SETTINGS = 'settings'

/** A provider at work: it follows the registry, works on the best jobs, and keeps what it is promised. Ends with its signal. */
export class Engine {
  readonly parts: EngineParts
  readonly board: JobBoard
  readonly tiles: Tiles
  readonly account: Address
  settings: ProviderSettings
  pausedUntil: number | undefined
  isPaused = false
  chainTrouble = ''
  /** Why the engine cannot go on; empty while it can. */
  failure = ''
  readonly counts = { delivered: 0, accepted: 0, rejected: 0, failed: 0 }
  readonly #signal: AbortSignal
  readonly #lanes: Lane[]
  readonly #governor: Governor
  readonly #listeners = new Set<(state: ProviderState) => void>()
  readonly #changes = new Bell()
  readonly #income: Income
  readonly #history: History

  constructor(parts: EngineParts, signal: AbortSignal) {
    this.parts = parts
    this.settings = parts.settings
    this.#signal = signal
    this.account = accountOf(parts.key)
    this.tiles = new Tiles(signal)
    this.#governor = new Governor(parts.settings.duty)
    this.#history = new History(parts.store)
    this.#income = new Income(parts, this.#incomePorts(), signal)
    this.#lanes = [...makeLanes('wasm', parts.maxCpuWorkers), ...makeLanes('wgsl', GPU_LANES)]
    this.board = new JobBoard({ ...parts, blobs: parts.store.blobs, ...this.#boardPorts() }, signal)
  }

  get payee(): Address {
    return this.settings.payee ?? this.account
  }

  /** Runs until the signal aborts. What goes wrong beyond repair is shown, never thrown. */
  async run(): Promise<void> {
    try {
      await this.#work()
    } catch (error) {
      this.failure = reason(error)
      this.#changes.ring()
    }
  }

  async #work(): Promise<void> {
    const { registry, node, sandbox } = this.parts
    sandbox.setCpuWorkers(this.settings.cpuWorkers)
    registry.subscribe((change) => {
      this.board.take(change)
      this.changed()
    }, this.#signal)
    node.onRelays(() => this.changed(), this.#signal)
    const ports = {
      works: () => (this.isPaused ? [] : this.board.active),
      isAllowed: (lane: Lane) => this.#isAllowed(lane),
      refill: () => this.#refill(),
      governor: this.#governor,
      identity: () => ({ key: this.parts.key, payee: this.payee }),
    }
    const lanes = this.#lanes.map((lane) => provide(lane, ports, this.#signal))
    await Promise.all([...lanes, this.#tickLoop(), this.#income.run(), this.#showLoop()])
  }

  subscribe(listener: (state: ProviderState) => void): () => void {
    this.#listeners.add(listener)
    listener(showState(this))
    return () => this.#listeners.delete(listener)
  }

  pause(untilMs?: number): void {
    this.isPaused = true
    this.pausedUntil = untilMs
    this.board.stop()
    this.changed()
  }

  resume(): void {
    this.isPaused = false
    this.pausedUntil = undefined
    this.changed()
  }

  /** Takes new settings and keeps them. Throws `malformed` naming the one that is wrong; nothing is changed then. */
  async change(change: Partial<ProviderSettings>): Promise<void> {
    const { payee, ...wanted } = { ...this.settings, ...change }
    const isOwn = payee === undefined || payee === this.account
    const settings = parseSettings(packSettings(isOwn ? wanted : { ...wanted, payee }))
    const isOtherExecutor = settings.executor !== this.settings.executor
    const before = this.payee
    this.settings = settings
    if (this.payee !== before) this.board.reconnect()
    this.#governor.duty = settings.duty
    this.parts.sandbox.setCpuWorkers(settings.cpuWorkers)
    if (isOtherExecutor) this.board.reload()
    await this.parts.store.values.set(SETTINGS, packSettings(settings))
    this.changed()
  }

  /** Something may be new: lanes look for work, the board chooses, listeners are told soon. */
  changed(): void {
    if (!this.isPaused) this.board.choose()
    this.#refill()
    for (const lane of this.#lanes) if (this.#isAllowed(lane)) lane.bell.ring()
    this.#changes.ring()
  }

  #boardPorts() {
    return {
      hello: () => this.#hello(),
      whyStop: (work: JobWork) => this.#income.whyStop(work),
      settings: () => this.settings,
      report: (event: WorkEvent) => this.#report(event),
      onAccepted: (work: JobWork, units: readonly number[], digests: readonly string[]) =>
        this.#showAccepted(work, units, digests),
      onPromise: (held: Held, work: JobWork | undefined) => void this.#income.take(held, work),
      onChain: (why: string) => {
        this.chainTrouble = why
      },
      onChange: () => this.changed(),
    }
  }

  #incomePorts() {
    return {
      board: () => this.board,
      payee: () => this.payee,
      maxUnpaid: () => this.settings.maxUnpaid,
      onChain: (trouble: string) => {
        this.chainTrouble = trouble
      },
      onChange: () => this.changed(),
    }
  }

  #hello(): unknown {
    const { key, chainName, sandbox } = this.parts
    const { minPrice, cpuWorkers } = this.settings
    const executors = sandbox.report.gpu === undefined ? (['wasm'] as const) : (['wasm', 'wgsl'] as const)
    return packHello({ payee: this.payee, ask: minPrice, executors, cpuWorkers, chains: [chainName] }, key)
  }

  #refill(): void {
    if (this.isPaused) return
    for (const work of this.board.active) {
      work.want((work.executor === 'wgsl' ? GPU_LANES : this.settings.cpuWorkers) + AHEAD)
    }
  }

  #report(event: WorkEvent): void {
    this.counts[event.kind] += event.units.length
    const { jobId } = event.work.said
    if (event.kind === 'delivered' && event.work.manifest?.view === 'image') {
      for (const [place, unit] of event.units.entries()) {
        const output = event.outputs[place]
        if (output !== undefined) this.tiles.add({ jobId, unit, output, isOwn: true })
      }
    }
    void this.#history.append(event, this.parts.nowMs()).catch((error: unknown) => {
      event.work.why = `The history could not be kept: ${reason(error)}`
    })
    this.changed()
  }

  #showAccepted(work: JobWork, units: readonly number[], digests: readonly string[]): void {
    const visit = this.board.visitOf(work)
    if (visit === undefined || work.manifest?.view !== 'image') return
    for (const [place, unit] of units.entries()) {
      const digest = digests[place] as Parameters<Tiles['want']>[0]['digest']
      this.tiles.want({ jobId: work.said.jobId, unit, digest, source: visit.source })
    }
  }

  async #tickLoop(): Promise<void> {
    while (!this.#signal.aborted) {
      await sleep(TICK_MS, this.#signal)
      if (this.pausedUntil !== undefined && this.parts.nowMs() >= this.pausedUntil) this.resume()
      this.changed()
    }
  }

  async #showLoop(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#changes.wait(5_000, this.#signal)
      for (const listener of this.#listeners) listener(showState(this))
      await sleep(SHOW_MS, this.#signal)
    }
  }

  #isAllowed(lane: Lane): boolean {
    return (
      !this.isPaused && (lane.executor === 'wgsl' || this.#lanes.indexOf(lane) < this.settings.cpuWorkers)
    )
  }
}

function makeLanes(executor: Lane['executor'], count: number): Lane[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${executor} ${index}`,
    executor,
    bell: new Bell(),
  }))
}
