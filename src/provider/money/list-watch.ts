import type { Chain } from '../../chain/chain.ts'
import { confirmedBlock } from '../../chain/chain.ts'
import { readEvents } from '../../chain/watch.ts'
import { sleep } from '../../p2p/sleep.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { Statement } from '../../protocol/statement/statement.ts'

/** The statements that were posted for a job, and the block from which to ask the next time. */
export type Posts = { readonly statements: readonly Statement[]; readonly next: bigint }

/** What a watch of lists needs. */
export type ListWatchPorts = {
  /** How often the chain is asked. */
  readonly everyMs: number
  /** Reads what was posted for a job from a block on; without one from a while ago. Throws `unreachable`. */
  posts(jobId: Hex, from: bigint | undefined): Promise<Posts>
  /** Fetches and checks the list of a statement. Throws `malformed` when it will never be right. */
  fetch(statement: Statement): Promise<unknown>
  /** Whether there is still work on a job. */
  isNeeded(jobId: Hex): boolean
  /** A trouble came or went. */
  onChange(): void
  nowMs(): number
}

type Wanted = { readonly statement: Statement; readonly since: number; isFetching: boolean }
type Followed = {
  from: bigint | undefined
  readonly wanted: Map<number, Wanted>
  readonly troubles: Map<number, string>
}

/** A list that nobody has given for so long is withheld. */
const WITHIN_MS = 60_000
/** So many blocks back the first look goes: the promise that made a job worth following may have been posted meanwhile. */
const LOOK_BACK = 50n

/**
 * Fetches the list of every statement that is posted for the jobs that it follows. Who posts a tree and keeps its leaves to
 * himself leaves nobody a proof, so the work for him stops.
 */
export class ListWatch {
  readonly #ports: ListWatchPorts
  readonly #jobs = new Map<Hex, Followed>()

  constructor(ports: ListWatchPorts) {
    this.#ports = ports
  }

  /** Looks after the posts of a job from now on: something in it is promised to this provider. */
  follow(jobId: Hex): void {
    if (!this.#jobs.has(jobId))
      this.#jobs.set(jobId, { from: undefined, wanted: new Map(), troubles: new Map() })
  }

  /** Why the list of a posted epoch of a job is not to be had; empty while there is no trouble. */
  trouble(jobId: Hex): string {
    const [first = ''] = this.#jobs.get(jobId)?.troubles.values() ?? []
    return first
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#ports.everyMs, signal)
      for (const [jobId, job] of this.#jobs) {
        if (signal.aborted) return
        if (!this.#ports.isNeeded(jobId)) this.#jobs.delete(jobId)
        else await this.#look(jobId, job)
      }
    }
  }

  async #look(jobId: Hex, job: Followed): Promise<void> {
    try {
      const { statements, next } = await this.#ports.posts(jobId, job.from)
      job.from = next
      const since = this.#ports.nowMs()
      // A statement takes the place of an earlier one of its epoch.
      for (const statement of statements)
        job.wanted.set(statement.epoch, { statement, since, isFetching: false })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return // the chain is asked again; that it does not answer is told where money is looked after
    }
    for (const wanted of job.wanted.values()) if (!wanted.isFetching) void this.#fetch(job, wanted)
  }

  async #fetch(job: Followed, wanted: Wanted): Promise<void> {
    const { epoch } = wanted.statement
    const isNewest = (): boolean => job.wanted.get(epoch) === wanted
    const before = job.troubles.get(epoch)
    wanted.isFetching = true
    try {
      await this.#ports.fetch(wanted.statement)
      if (!isNewest()) return
      job.wanted.delete(epoch)
      job.troubles.delete(epoch)
    } catch (error) {
      const isLie = error instanceof Failure && error.code === 'malformed'
      const isLate = this.#ports.nowMs() - wanted.since >= WITHIN_MS
      if (isNewest() && (isLie || isLate))
        job.troubles.set(epoch, `The list of posted epoch ${epoch} cannot be fetched: ${reason(error)}`)
    } finally {
      wanted.isFetching = false
    }
    if (job.troubles.get(epoch) !== before) this.#ports.onChange()
  }
}

/** Reads posts from a chain. */
export function postsOn(chain: Chain): ListWatchPorts['posts'] {
  return async (jobId, from) => {
    const toBlock = await confirmedBlock(chain)
    const first = toBlock > LOOK_BACK ? toBlock - LOOK_BACK : 0n
    const fromBlock = from ?? first
    if (fromBlock > toBlock) return { statements: [], next: fromBlock }
    const events = await readEvents(chain, { jobId, fromBlock, toBlock })
    const statements = events.flatMap((event) => (event.kind === 'posted' ? [event.statement] : []))
    return { statements, next: toBlock + 1n }
  }
}
