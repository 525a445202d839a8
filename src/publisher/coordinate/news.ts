import { Bell } from '../../p2p/bell.ts'
import { sleep } from '../../p2p/sleep.ts'
import type { Digest } from '../../protocol/bytes.ts'
import type { Coordinator, CoordinatorEvent } from './coordinator.ts'
import { tellAccepted } from './serve-provider.ts'

type Accepted = { readonly unit: number; readonly digest: Digest; readonly isOwn: boolean }

/** Acceptances are told to followers in one message for all that came within this time. */
const GATHER_MS = 50

/** Passes on what is accepted in one job: to the providers that follow it, and to whoever watches here. */
export class News {
  /** Wakes the settler. */
  readonly bell = new Bell()
  readonly #coordinator: Coordinator
  readonly #watchers = new Set<(unit: number, digest: Digest) => void>()
  readonly #fresh = new Bell()
  #gathered: Accepted[] = []

  constructor(coordinator: Coordinator) {
    this.#coordinator = coordinator
  }

  take(event: CoordinatorEvent): void {
    if (event.kind === 'decided' && event.outcome.kind === 'accepted' && event.outcome.output !== undefined) {
      const isOwn = event.outcome.winners.some((vote) => vote.isOwn)
      this.#gathered.push({ unit: event.unit, digest: event.outcome.output, isOwn })
      for (const watcher of this.#watchers) watcher(event.unit, event.outcome.output)
      this.#fresh.ring()
    }
    if (this.#coordinator.isEnd) this.bell.ring()
  }

  watch(watcher: (unit: number, digest: Digest) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Tells followers until the signal aborts. What was accepted before is told when a provider begins to follow. */
  async run(signal: AbortSignal): Promise<void> {
    this.#gathered = []
    while (!signal.aborted) {
      await this.#fresh.wait(60_000, signal)
      await sleep(GATHER_MS, signal)
      const accepted = this.#gathered
      this.#gathered = []
      const followers = [...this.#coordinator.seats].filter((seat) => seat.isFollowing)
      tellAccepted(followers, this.#coordinator.job.jobId, accepted)
    }
  }
}
