import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { Wei } from '../protocol/wei.ts'

/** What a provider knows of an open job before it fetches anything. */
export type Opening = {
  readonly jobId: Hex
  readonly publisher: Address
  /** In the smallest unit of the token. */
  readonly price: Wei
  /** The zero address is the chain's own coin. */
  readonly token: Address
}
/** What the visitor allows. */
export type Taste = {
  /** In the chain's own coin; it says nothing of tokens. */
  readonly minPrice: Wei
  /** The tokens that are worked for, beside the coin. */
  readonly tokens: readonly Address[]
  readonly skippedJobs: readonly Hex[]
  readonly skippedPublishers: readonly Address[]
}
/** Why a job is left alone; undefined when it suits. */
export type Objection = 'skipped' | 'other-token' | 'below-minimum' | undefined

/** Tells what stands against a job. */
export function objectionTo(job: Opening, taste: Taste): Objection {
  if (taste.skippedJobs.includes(job.jobId) || taste.skippedPublishers.includes(job.publisher))
    return 'skipped'
  if (job.token !== ZERO_ADDRESS) return taste.tokens.includes(job.token) ? undefined : 'other-token'
  return job.price < taste.minPrice ? 'below-minimum' : undefined
}

/**
 * Sorts the jobs that suit: those in the chain's coin before those in tokens, tokens as the visitor lists them. Of one coin or
 * token the best price first, equal prices by job id so that every tab sees one order.
 */
export function rankJobs<J extends Opening>(jobs: readonly J[], taste: Taste): J[] {
  return jobs
    .filter((job) => objectionTo(job, taste) === undefined)
    .sort((a, b) => {
      const [first, second] = [taste.tokens.indexOf(a.token), taste.tokens.indexOf(b.token)] // the coin is in no list
      if (first !== second) return first - second
      return a.price === b.price ? (a.jobId < b.jobId ? -1 : 1) : a.price > b.price ? -1 : 1
    })
}
