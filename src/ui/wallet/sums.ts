import type { Address } from '../../protocol/address.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Money } from '../../provider/state.ts'
import type { JobMoney } from '../../publisher/funds/job-money.ts'
import type { PublishedJob } from '../../publisher/state.ts'

/** Where the money of a person is in this network; the five numbers add up to `total`. */
export type OwnSums = Money & {
  /** Laid down for own jobs, and nobody has a claim on it. */
  readonly refundable: Wei
  readonly total: Wei
}

const NOTHING = toWei(0n)
const NONE: Money = { promised: NOTHING, claimable: NOTHING, inTransit: NOTHING, paid: NOTHING }

/** Adds up what was earned and what can come back from own jobs, in the chain's coin. What is not known counts as nothing. */
export function ownSums(
  { promised, claimable, inTransit, paid }: Money = NONE,
  jobs: readonly PublishedJob[] = [],
): OwnSums {
  const { refundable } = publishingSums(jobs)
  const parts = { promised, claimable, inTransit, paid, refundable }
  return { ...parts, total: sum(Object.values(parts)) }
}

/** Adds up where the money of all jobs of a publisher is that pay in the chain's coin, or in a token. */
export function publishingSums(jobs: readonly PublishedJob[], token?: Address): JobMoney {
  const counted = jobs.filter((job) => job.token?.address === token)
  const all = (part: keyof JobMoney): Wei => sum(counted.map(({ money }) => money[part]))
  return {
    reserved: all('reserved'),
    refundable: all('refundable'),
    spent: all('spent'),
    returned: all('returned'),
    deposited: all('deposited'),
  }
}

function sum(parts: readonly Wei[]): Wei {
  return toWei(parts.reduce((total, part) => total + part, 0n))
}
