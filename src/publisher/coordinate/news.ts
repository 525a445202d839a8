import { MAX_UNPAID_UNITS } from '../../market/exposure.ts'
import { Bell } from '../../p2p/bell.ts'
import { sleep } from '../../p2p/sleep.ts'
import type { Address } from '../../protocol/address.ts'
import type { Digest, Hex } from '../../protocol/bytes.ts'
import { MAX_ACCEPTED_UNITS } from '../../protocol/work/codec.ts'
import type { Coordinator, CoordinatorEvent } from './coordinator.ts'
import type { Seat } from './seat.ts'
import type { BoardVote } from './unit-board.ts'

type Accepted = { readonly unit: number; readonly digest: Digest; readonly isOwn: boolean }

/** Acceptances are told to followers in one message for all that came within this time. */
const GATHER_MS = 50
/** Half of what a provider leaves unsigned: there is time to sign before it stops. */
const PRESSING_REPLICAS = MAX_UNPAID_UNITS / 2

/** Passes on what is accepted in one job: to the providers that follow it, and to whoever watches here. */
export class News {
  /** Wakes the settler. */
  readonly bell = new Bell()
  readonly #coordinator: Coordinator
  readonly #watchers = new Set<(unit: number, digest: Digest) => void>()
  readonly #fresh = new Bell()
  #gathered: Accepted[] = []
  /** What each payee has earned since one of them pressed. */
  readonly #earned = new Map<Address, number>()

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
    const isPressing = event.kind === 'decided' && this.#isPressing(event.outcome.winners)
    if (this.#coordinator.isEnd || isPressing) this.bell.ring()
  }

  /** One payee has earned so much since the settler was woken that its providers will soon stop for want of a signature. */
  #isPressing(winners: readonly BoardVote[]): boolean {
    let most = 0
    for (const { payee } of winners.filter(({ isOwn }) => !isOwn)) {
      const count = (this.#earned.get(payee) ?? 0) + 1
      this.#earned.set(payee, count)
      most = Math.max(most, count)
    }
    if (most < PRESSING_REPLICAS) return false
    this.#earned.clear()
    return true
  }

  /** Tells a provider what is accepted so far and what it has lost, and from now on what is new. */
  follow(seat: Seat): void {
    this.#tell()
    seat.isFollowing = true
    const { board, job } = this.#coordinator
    const accepted: Accepted[] = []
    for (let unit = 0; unit < board.size; unit += 1) {
      const digest = board.output(unit)
      if (digest !== undefined)
        accepted.push({ unit, digest, isOwn: board.votes(unit).some((vote) => vote.isOwn) })
    }
    tellAccepted([seat], job.jobId, accepted)
    for (const { unit, evidence } of this.#coordinator.rejections(seat)) {
      seat.tell({ kind: 'rejected', jobId: job.jobId, unit, evidence })
    }
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
      this.#tell()
    }
  }

  #tell(): void {
    const accepted = this.#gathered
    this.#gathered = []
    const followers = [...this.#coordinator.seats].filter((seat) => seat.isFollowing)
    tellAccepted(followers, this.#coordinator.job.jobId, accepted)
  }
}

/** Sends the units of a job that are accepted, in as many messages as they need. */
function tellAccepted(seats: readonly Pick<Seat, 'tell'>[], jobId: Hex, accepted: readonly Accepted[]): void {
  for (let from = 0; seats.length > 0 && from < accepted.length; from += MAX_ACCEPTED_UNITS) {
    const part = accepted.slice(from, from + MAX_ACCEPTED_UNITS)
    const units = part.map(({ unit }) => unit)
    const digests = part.map(({ digest }) => digest)
    const own = part.filter(({ isOwn }) => isOwn).length
    for (const seat of seats) seat.tell({ kind: 'accepted', jobId, units, digests, own })
  }
}
