import type { Token } from '../chain/token/token.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { toDigits } from '../protocol/bytes.ts'
import { Failure, reason } from '../protocol/failure.ts'
import { toWei } from '../protocol/wei.ts'
import type { Store } from '../store/store.ts'
import { replaceKey } from '../store/tab-keys.ts'
import type { CashOutDone, CashOutOffer, CashOutWish } from './cash-out/cash-out.ts'
import type { LateCashOuts } from './cash-out/late-cash-outs.ts'
import type { Engine } from './engine.ts'
import type { PauseCode } from './governor/decide.ts'
import { CALM, decide } from './governor/decide.ts'
import { History } from './history.ts'
import type { Whisper } from './leader.ts'
import { lead, openWhisper } from './leader.ts'
import type { HistoryEntry, ProviderSettings, ProviderState, TabProvider, Tile } from './state.ts'
import { readKeyText } from './tab-account.ts'

/** What a session is begun with. */
export type SessionParts = {
  open(key: PrivateKey, signal: AbortSignal): Promise<Engine>
  readonly store: Store
  readonly settings: ProviderSettings
  readonly key: PrivateKey
}

const CHANNEL = 'weft-provider'
const NOTHING = toWei(0n)

/** The provider of one tab: it works, or shows what the working tab of this profile does until it is its turn. */
export class TabSession implements TabProvider {
  readonly #parts: SessionParts
  readonly #signal: AbortSignal
  readonly #whisper: Whisper<ProviderState>
  readonly #listeners = new Set<(state: ProviderState) => void>()
  readonly #watchers = new Map<(tile: Tile) => void, () => void>()
  #key: PrivateKey
  #state: ProviderState
  #engine: Engine | undefined
  #isInView = true
  #life = new AbortController()

  constructor(parts: SessionParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.#key = parts.key
    this.#state = startingState(parts)
    this.#whisper = openWhisper(CHANNEL)
    signal.addEventListener('abort', () => this.#whisper.close(), { once: true })
    addEventListener('pagehide', () => this.#life.abort(), { signal })
  }

  /** Resolves when this tab works, or when another one does. Throws what opening the engine throws. */
  begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onWait = (): void => {
        this.#wait()
        resolve()
      }
      lead(CHANNEL, { signal: this.#signal, onWait })
        .then(() => this.#work())
        .then(resolve, (error: unknown) => {
          this.#fail(error)
          reject(error)
        })
    })
  }

  subscribe(listener: (state: ProviderState) => void): () => void {
    this.#listeners.add(listener)
    listener(this.#state)
    return () => this.#listeners.delete(listener)
  }

  watchTiles(listener: (tile: Tile) => void): () => void {
    this.#watchers.set(listener, this.#engine?.tiles.watch(listener) ?? (() => undefined))
    return () => {
      this.#watchers.get(listener)?.()
      this.#watchers.delete(listener)
    }
  }

  pause(untilMs?: number): void {
    this.#engine?.pause(untilMs)
  }

  resume(): void {
    this.#engine?.resume()
  }

  override(code: PauseCode): void {
    this.#engine?.governor.override(code)
  }

  setInView(isInView: boolean): void {
    this.#isInView = isInView
    this.#engine?.governor.learn({ isInView })
  }

  hostIsLate(): void {
    this.#engine?.governor.hostIsLate()
  }

  async change(settings: Partial<ProviderSettings>): Promise<void> {
    await this.#engine?.change(settings)
  }

  history(): Promise<readonly HistoryEntry[]> {
    return new History(this.#parts.store).read()
  }

  async readToken(token: Address): Promise<Token> {
    if (this.#engine !== undefined) {
      const { readPlainToken } = await import('../chain/token/plain-token.ts')
      return readPlainToken(this.#engine.parts.chain, token)
    }
    throw new Failure('refused', 'Another tab of this browser is working: change the settings there')
  }

  async quoteCashOut(token: Address): Promise<CashOutOffer | undefined> {
    return (await this.#cashOuts.get()).quote(token)
  }

  async cashOut(wish: CashOutWish): Promise<CashOutDone> {
    const done = await (await this.#cashOuts.get()).cashOut(wish)
    this.#engine?.changed()
    return done
  }

  async exportClaim(): Promise<string> {
    return (await this.#cashOuts.get()).exportClaim()
  }

  async exportKey(): Promise<string> {
    return toDigits(this.#key)
  }

  async importKey(text: string): Promise<void> {
    const key = readKeyText(text)
    if (this.#engine === undefined)
      throw new Failure('refused', 'Another tab of this browser is working: import the key there')
    await replaceKey('provider', key)
    this.#key = key
    this.#life.abort()
    await this.#work().catch((error: unknown) => {
      this.#fail(error)
      throw error
    })
  }

  get #cashOuts(): LateCashOuts {
    if (this.#engine !== undefined) return this.#engine.parts.cashOuts
    throw new Failure('refused', 'Another tab of this browser is working: cash out there')
  }

  async #work(): Promise<void> {
    this.#life = new AbortController()
    const signal = AbortSignal.any([this.#signal, this.#life.signal])
    const engine = await this.#parts.open(this.#key, signal)
    this.#engine = engine
    engine.governor.learn({ isInView: this.#isInView })
    const isCurrent = (): boolean => this.#engine === engine && !this.#signal.aborted
    engine.subscribe((state) => {
      if (!isCurrent()) return
      this.#show(state)
      this.#whisper.tell(state)
    })
    for (const watcher of this.#watchers.keys()) this.#watchers.set(watcher, engine.tiles.watch(watcher))
  }

  #wait(): void {
    const text = 'Another tab of this browser is working'
    const follow = (state: ProviderState): void => {
      if (this.#engine === undefined)
        this.#show({ ...state, phase: 'follower', idle: { code: 'follower', text } })
    }
    this.#whisper.listen(follow)
    follow(this.#state)
  }

  #fail(error: unknown): void {
    this.#show({ ...this.#state, phase: 'failed', idle: { code: 'failed', text: reason(error) } })
  }

  #show(state: ProviderState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}

function startingState({ key, settings }: SessionParts): ProviderState {
  const account = accountOf(key)
  return {
    phase: 'starting',
    idle: { code: 'starting', text: 'Starting' },
    account,
    payee: settings.payee ?? account,
    relay: { kind: 'connecting', text: 'Connecting to a relay' },
    sandbox: '',
    measured: '',
    hasGpu: false,
    gpuTrouble: '',
    settings,
    jobs: [],
    money: { promised: NOTHING, claimable: NOTHING, inTransit: NOTHING, paid: NOTHING },
    tokens: [],
    pay: [],
    cashOuts: [],
    notices: [],
    voided: NOTHING,
    delivered: 0,
    accepted: 0,
    rejected: 0,
    failed: 0,
    running: 0,
    pausedUntil: undefined,
    governed: decide(CALM, settings),
  }
}
