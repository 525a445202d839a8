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
 * token the best price first; of equal prices one job of each publisher before the second of any, by job id so that every tab sees one order.
 */
export function rankJobs<J extends Opening>(jobs: readonly J[], taste: Taste): J[] {
  const place = ({ token }: J): number => taste.tokens.indexOf(token) // the coin is in no list
  const compare = (a: J, b: J): number => place(a) - place(b) || Number(b.price - a.price)
  const ranked = jobs
    .filter((job) => objectionTo(job, taste) === undefined)
    .sort((a, b) => compare(a, b) || (a.jobId < b.jobId ? -1 : 1))
  const counts = new Map<string, number>()
  const turns = ranked.map((job) => {
    const alike = `${job.publisher} ${job.token} ${job.price}`
    const turn = counts.get(alike) ?? 0
    counts.set(alike, turn + 1)
    return { job, turn }
  })
  return turns.sort((a, b) => compare(a.job, b.job) || a.turn - b.turn).map(({ job }) => job)
}
