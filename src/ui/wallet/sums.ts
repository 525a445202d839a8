import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Money } from '../../provider/state.ts'
import type { PublishedJob } from '../../publisher/state.ts'

/** Where the money of all earlier work is; the parts add up to `total`. */
export type EarningSums = Money & { readonly total: Wei }

/** Where the money of all jobs of a publisher is; the parts add up to `deposited`. */
export type PublishingSums = {
  readonly deposited: Wei
  /** Promised in statements and not yet claimed. */
  readonly reserved: Wei
  readonly spent: Wei
  /** Not promised to anybody, with the bonds of jobs that are not over. */
  readonly refundable: Wei
  readonly returned: Wei
}

/** Adds up what a provider earned. */
export function earningSums(money: Money): EarningSums {
  return { ...money, total: toWei(money.promised + money.claimable + money.paid) }
}

/** Adds up what a publisher put into its jobs. */
export function publishingSums(jobs: readonly PublishedJob[]): PublishingSums {
  const sum = (part: (job: PublishedJob) => bigint): Wei =>
    toWei(jobs.reduce((total, job) => total + part(job), 0n))
  const spent = sum((job) => job.claimed)
  const returned = sum((job) => job.refunded + job.bondReturned)
  const reserved = sum((job) => (job.promised > job.claimed && isOpen(job) ? job.promised - job.claimed : 0n))
  const deposited = sum((job) => (isOpen(job) ? job.budget + job.bond : wentOut(job)))
  return { deposited, reserved, spent, returned, refundable: toWei(deposited - reserved - spent - returned) }
}

/** Whether its deposit lies in the escrow; that of a job that failed stays there until it is closed. */
function isOpen({ phase }: PublishedJob): boolean {
  return phase !== 'opening' && phase !== 'closed'
}

function wentOut({ claimed, refunded, bondReturned }: PublishedJob): bigint {
  return claimed + refunded + bondReturned
}
