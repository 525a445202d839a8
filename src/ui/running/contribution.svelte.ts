import { reason } from '../../protocol/failure.ts'
import type { Network } from '../../protocol/network.ts'
import type { ProviderSettings, ProviderState, TabProvider } from '../../provider/state.ts'
import type { Choice } from '../consent/choice.ts'
import { Pace } from '../plot/pace.svelte.ts'
import { Gallery } from './gallery.svelte.ts'

/** A provider that was opened, and the network it works in. */
export type Opened = { readonly network: Network; readonly provider: TabProvider }
/** Opens a provider that ends with the signal. */
export type Open = (choice: Choice, signal: AbortSignal) => Promise<Opened>

/** The visitor's contribution, from Agree to Stop. */
export class Contribution {
  phase = $state<'off' | 'starting' | 'on' | 'failed'>('off')
  why = $state('')
  opened = $state.raw<Opened>()
  view = $state.raw<ProviderState>()
  pace = $state.raw(new Pace())
  gallery = $state.raw(new Gallery())
  #life = new AbortController()
  readonly #open: Open

  constructor(open: Open) {
    this.#open = open
  }

  async start(choice: Choice): Promise<void> {
    if (this.phase === 'starting' || this.phase === 'on') return
    const life = new AbortController()
    this.#life = life
    this.phase = 'starting'
    try {
      const opened = await this.#open(choice, life.signal)
      if (life.signal.aborted) return
      this.#follow(opened, life.signal)
      const payee = choice.payee ?? this.view?.account
      await opened.provider.change({ ...this.#limits(choice), ...(payee === undefined ? {} : { payee }) })
    } catch (error) {
      if (life.signal.aborted) return
      life.abort()
      this.phase = 'failed'
      this.why = reason(error)
    }
  }

  /** Ends everything that the start began. */
  stop(): void {
    this.#life.abort()
    this.phase = 'off'
    this.view = undefined
    this.opened = undefined
  }

  /** What was agreed to is the most for processor and GPU alike. */
  #limits({ duty }: Choice): Partial<ProviderSettings> {
    const settings = this.view?.settings
    if (settings === undefined) return { cpuDuty: duty }
    const { gpuDuty, gpuDutyHidden } = settings
    return { cpuDuty: duty, gpuDuty: Math.min(duty, gpuDuty), gpuDutyHidden: Math.min(duty, gpuDutyHidden) }
  }

  #follow(opened: Opened, signal: AbortSignal): void {
    const { provider } = opened
    this.opened = opened
    this.pace = new Pace()
    this.gallery = new Gallery()
    const ends = [
      provider.subscribe((view) => {
        this.view = view
        for (const job of view.jobs) this.gallery.learn(job)
        this.phase = 'on'
      }),
      provider.watchTiles((tile) => this.gallery.add(tile)),
    ]
    const timer = setInterval(() => {
      this.pace.record({ at: Date.now(), count: this.view?.delivered ?? 0 })
    }, 1000)
    signal.addEventListener('abort', () => {
      clearInterval(timer)
      for (const end of ends) end()
    })
  }
}
