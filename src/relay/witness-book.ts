import type { Hex } from '../protocol/bytes.ts'
import type { SignedStatement, Statement } from '../protocol/statement/statement.ts'

/** How many statements of one job are remembered, the newest first: hours of them. */
const MAX_PER_JOB = 1_000

/** The statements that peers have shown to a relay: the first of each `seq`, so that a second truth is noticed. */
export class WitnessBook {
  readonly #jobs = new Map<Hex, Map<string, SignedStatement>>()
  readonly #maxJobs: number

  constructor(maxJobs: number) {
    this.#maxJobs = maxJobs
  }

  /** The statement that was shown first in this place. */
  first({ jobId, epoch, seq }: Statement): SignedStatement | undefined {
    return this.#jobs.get(jobId)?.get(`${epoch}.${seq}`)
  }

  /** Remembers a statement whose signer has been checked as the first of its place. */
  keep(signed: SignedStatement): void {
    const { jobId, epoch, seq } = signed.statement
    const job = this.#jobs.get(jobId) ?? new Map<string, SignedStatement>()
    job.set(`${epoch}.${seq}`, signed)
    this.#jobs.delete(jobId)
    this.#jobs.set(jobId, job)
    dropOldest(job, MAX_PER_JOB)
    dropOldest(this.#jobs, this.#maxJobs)
  }
}

/** A map keeps the order in which its entries came. */
function dropOldest(map: Map<string, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return
    map.delete(key)
  }
}
