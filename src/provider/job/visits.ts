import type { JobWork } from './job-work.ts'
import type { VisitPorts } from './visit.ts'
import { Visit } from './visit.ts'

const LINGER_MS = 60_000
/** What a publisher that cannot be reached owes is not waited for any longer; what it has signed stays in the purse. */
const GONE_MS = 600_000

/** The publishers that are visited, one connection each. */
export class Visits {
  readonly #visits = new Map<string, Visit>()
  readonly #ports: VisitPorts
  readonly #signal: AbortSignal

  constructor(ports: VisitPorts, signal: AbortSignal) {
    this.#ports = ports
    this.#signal = signal
  }

  /** The visit that a job is worked on over, if there is one. */
  of(work: JobWork): Visit | undefined {
    return this.#visits.get(work.said.peer)
  }

  /** The visit for a job; begins one where there is none. */
  begin(work: JobWork): Visit {
    const { peer, jobId } = work.said
    const visit = this.#visits.get(peer) ?? new Visit(work, this.#ports, this.#signal)
    this.#visits.set(peer, visit)
    visit.works.set(jobId, work)
    return visit
  }

  /** For how long the publisher of a job could not be reached. */
  downMs(work: JobWork, now: number): number {
    return now - (this.of(work)?.downSince ?? now)
  }

  /** Ends what nobody has needed for a while. A visit is also needed while something is owed and may still be signed. */
  tidy(now: number, isNeeded: (work: JobWork) => boolean): void {
    for (const [peer, visit] of this.#visits) {
      const isGone = now - (visit.downSince ?? now) > GONE_MS
      const isUsed = [...visit.works.values()].some(
        (work) => isNeeded(work) || (!isGone && work.owed.exposure.units > 0),
      )
      if (isUsed) visit.unneededSince = undefined
      else visit.unneededSince ??= now
      if (now - (visit.unneededSince ?? now) < LINGER_MS) continue
      visit.end()
      this.#visits.delete(peer)
    }
  }

  /** Sends now what waits to be sent. */
  flush(): void {
    for (const visit of this.#visits.values()) visit.link.flush()
  }

  /** Ends all, so that publishers are greeted anew. */
  endAll(): void {
    for (const visit of this.#visits.values()) visit.end()
    this.#visits.clear()
  }
}
