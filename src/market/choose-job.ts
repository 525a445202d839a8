import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { Wei } from '../protocol/wei.ts'

/** What a provider knows of an open job before it fetches anything. */
export type Opening = { readonly jobId: Hex; readonly publisher: Address; readonly price: Wei }
/** What the visitor allows. */
export type Taste = {
  readonly minPrice: Wei
  readonly skippedJobs: readonly Hex[]
  readonly skippedPublishers: readonly Address[]
}
/** Why a job is left alone; undefined when it suits. */
export type Objection = 'skipped' | 'below-minimum' | undefined

/** Tells what stands against a job. */
export function objectionTo(job: Opening, taste: Taste): Objection {
  if (taste.skippedJobs.includes(job.jobId) || taste.skippedPublishers.includes(job.publisher))
    return 'skipped'
  return job.price < taste.minPrice ? 'below-minimum' : undefined
}

/** Sorts the jobs that suit: the best price first, equal prices by job id so that every tab sees one order. */
export function rankJobs<J extends Opening>(jobs: readonly J[], taste: Taste): J[] {
  return jobs
    .filter((job) => objectionTo(job, taste) === undefined)
    .sort((a, b) => (a.price === b.price ? (a.jobId < b.jobId ? -1 : 1) : a.price > b.price ? -1 : 1))
}
