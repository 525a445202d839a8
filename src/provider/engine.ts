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
import { countBytes } from '../protocol/work/metered.ts'
import type { Store, Values } from '../store/store.ts'
import { Turns } from '../worker/pool/turns.ts'
import type { Sandbox } from '../worker/sandbox.ts'
import type { Admission } from './admission/admission.ts'
import type { LateCashOuts } from './cash-out/late-cash-outs.ts'
import type { Decision } from './governor/decide.ts'
import { Governor } from './governor/governor.ts'
import type { Machine } from './governor/machine.ts'
import type { Pause } from './governor/pause.ts'
import { History } from './history.ts'
import { Income } from './income.ts'
import { JobBoard } from './job/job-board.ts'
import type { JobWork, WorkEvent } from './job/job-work.ts'
import { Tiles } from './job/tiles.ts'
import { lanesAllowed, makeLanes } from './lanes.ts'
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
  readonly admission: Admission
  readonly store: Store
  readonly purse: Purse
  readonly tokens: TokenBook
  /** Where what belongs to this chain is kept. */
  readonly values: Values
  readonly notices: Notices
  readonly pause: Pause
  /** What tells of the computer that this runs on. */
  readonly machine: Machine
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
const TICK_MS = 1_000
const SHOW_MS = 200
export const SETTINGS = 'settings'

/** A provider at work: it follows the registry, works on the best jobs, and keeps what it is promised. Ends with its signal. */
export class Engine {
  readonly parts: EngineParts
  readonly board: JobBoard
  readonly tiles: Tiles
  readonly account: Address
  readonly governor: Governor
  settings: ProviderSettings
  chainTrouble = ''
  /** Why the engine cannot go on; empty while it can. */
  failure = ''
  readonly counts = { delivered: 0, accepted: 0, rejected: 0, failed: 0 }
  readonly #signal: AbortSignal
  readonly #lanes: Lane[]
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
    this.governor = new Governor(parts.settings, (before) => this.#govern(before))
    this.#history = new History(parts.store)
    this.#income = new Income(parts, this.#incomePorts(), signal)
    this.#lanes = makeLanes(parts.maxCpuWorkers)
    this.board = new JobBoard({ ...parts, blobs: parts.store.blobs, ...this.#boardPorts() }, signal)
  }

  get isPaused(): boolean {
    return this.parts.pause.isOn
  }

  get pausedUntil(): number | undefined {
    return this.parts.pause.untilMs
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
    sandbox.setCpuWorkers(this.governor.decision.workers)
    registry.subscribe((change) => {
      this.board.take(change)
      this.changed()
    }, this.#signal)
    node.onRelays(() => this.changed(), this.#signal)
    const ports = {
      works: () => (this.#isHalted ? [] : this.board.active),
      turns: { wasm: new Turns(), wgsl: new Turns() },
      isAllowed: (lane: Lane) => this.#isAllowed(lane),
      refill: () => this.#refill(),
      governor: this.governor,
      identity: () => ({ key: this.parts.key, payee: this.payee }),
    }
    const lanes = this.#lanes.map((lane) => provide(lane, ports, this.#signal))
    const governing = this.governor.watch(this.parts.machine, this.#signal)
    await Promise.all([...lanes, governing, this.#tickLoop(), this.#income.run(), this.#showLoop()])
  }

  subscribe(listener: (state: ProviderState) => void): () => void {
    this.#listeners.add(listener)
    listener(showState(this))
    return () => this.#listeners.delete(listener)
  }

  pause(untilMs?: number): void {
    // A browser that cannot keep it pauses all the same.
    void this.parts.pause.begin(untilMs).catch(() => undefined)
    this.board.stop()
    this.changed()
  }

  resume(): void {
    void this.parts.pause.end().catch(() => undefined)
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
    this.governor.set(settings)
    if (isOtherExecutor) this.board.reload()
    await this.parts.store.values.set(SETTINGS, packSettings(settings))
    this.changed()
  }

  /** Something may be new: lanes look for work, the board chooses, listeners are told soon. */
  changed(): void {
    if (!this.#isHalted) {
      this.parts.admission.check(this.settings)
      this.board.choose()
    }
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
    const { key, chainName, sandbox, admission } = this.parts
    const { minPrice, cpuWorkers } = this.settings
    const executors = sandbox.report.gpu === undefined ? (['wasm'] as const) : (['wasm', 'wgsl'] as const)
    const profile = { executors, cpuWorkers, ...admission.greeting }
    return packHello({ payee: this.payee, ask: minPrice, chains: [chainName], ...profile }, key)
  }

  #refill(): void {
    if (this.#isHalted) return
    for (const work of this.board.active)
      work.want(lanesAllowed(work.executor, this.governor.decision) + AHEAD)
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
    const { manifest } = work
    if (visit === undefined || manifest?.view !== 'image') return
    const skip = countBytes(manifest)
    for (const [place, unit] of units.entries()) {
      const digest = digests[place] as Parameters<Tiles['want']>[0]['digest']
      this.tiles.want({ jobId: work.said.jobId, unit, digest, skip, source: visit.source })
    }
  }

  async #tickLoop(): Promise<void> {
    while (!this.#signal.aborted) {
      await sleep(TICK_MS, this.#signal)
      if (this.parts.pause.isOver(this.parts.nowMs())) this.resume()
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

  /** Nothing may run: by the visitor's wish, or by the governor's decision. */
  get #isHalted(): boolean {
    return this.isPaused || this.governor.decision.paused !== undefined
  }

  /** Acts on a decision of the governor; what may not run is handed back at once. */
  #govern(before: Decision): void {
    const { paused, workers } = this.governor.decision
    if (workers !== before.workers) this.parts.sandbox.setCpuWorkers(workers)
    if (paused !== undefined && before.paused === undefined) this.board.stop()
    this.changed()
  }

  #isAllowed({ index, executor }: Lane): boolean {
    return !this.#isHalted && index < lanesAllowed(executor, this.governor.decision)
  }
}
