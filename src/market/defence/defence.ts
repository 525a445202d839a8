import type { Statement } from '../../protocol/statement/statement.ts'

/** One epoch of a job as one payee sees it. */
export type Leg = {
  readonly epoch: number
  /** What the statement that it holds promises: in this epoch, and in the whole job. */
  readonly amount: bigint
  readonly earned: bigint
  /** What its final statement is known to pay; undefined while none is final. */
  readonly final: bigint | undefined
}

/** What is over already: all epochs before `next`, and what they and the bond paid. */
export type Settled = { readonly next: number; readonly settled: bigint; readonly compensated: bigint }

/**
 * What a payee can count on in a job: what final epochs pay, and what is promised in epochs that are not final. An epoch of which
 * it holds nothing may have paid it too: there what the next statement says was earned before is taken as true. `legs` in
 * rising order.
 */
function accountedFor({ next, settled, compensated }: Settled, legs: readonly Leg[]): bigint {
  let [sum, due] = [settled + compensated, next]
  for (const { epoch, amount, earned, final } of legs) {
    const before = earned - amount
    if (epoch !== due && before > sum) sum = before
    sum += final ?? amount
    due = epoch + 1
  }
  return sum
}

/** How much of what was promised in final epochs is neither paid by them nor promised anew: zero while every promise is kept. */
export function shortfall(past: Settled, legs: readonly Leg[]): bigint {
  const known = accountedFor(past, legs)
  let missing = 0n
  for (const { earned, final } of legs)
    if (final !== undefined && earned - known > missing) missing = earned - known
  return missing
}

/** What is on chain of an epoch, in seconds of the chain's time. */
export type OnChain = Pick<Statement, 'root' | 'seq' | 'total'> & { readonly finalAt: number }

/** What is known of a promise that its settler may leave unposted. */
export type Waiting = {
  readonly statement: Pick<Statement, 'epoch' | 'root' | 'seq' | 'total'>
  readonly onChain: OnChain | undefined
  /** The job on chain: the number of its next epoch, and when no more can be begun (zero: not closing). */
  readonly job: {
    readonly state: 'open' | 'closing' | 'closed'
    readonly epochs: number
    readonly closeAt: number
  }
  /** The epoch before can take no more statements. */
  readonly isFormerDone: boolean
  readonly terms: { readonly postDelay: number; readonly closeDelay: number }
  /** The chain's time. */
  readonly now: number
  /** For how long this epoch was promised without a post, and how long is too long. */
  readonly ageMs: number
  readonly maxAgeMs: number
  /** The publisher could not be reached for long. */
  readonly isAway: boolean
}

/** Decides whether a payee posts the promise that it holds, and says why. What is on chain and as new is left alone. */
export function mayPostMyself(waiting: Waiting): string | undefined {
  const { statement, onChain, job, terms, now } = waiting
  if (job.state === 'closed') return undefined
  if (onChain !== undefined) {
    const isNewer = statement.seq > onChain.seq && statement.total >= onChain.total
    if (!isNewer || onChain.root === statement.root || now >= onChain.finalAt) return undefined
    const isSoon = onChain.finalAt - now <= terms.postDelay / 2
    return isSoon ? 'an older statement is about to become final' : undefined
  }
  if (statement.epoch !== job.epochs || !waiting.isFormerDone) return undefined
  if (job.state === 'closing') {
    if (now >= job.closeAt) return undefined
    return job.closeAt - now <= terms.closeDelay / 2 ? 'the job closes' : undefined
  }
  if (waiting.ageMs >= waiting.maxAgeMs) return 'the settler has not posted it in time'
  return waiting.isAway ? 'the publisher is gone' : undefined
}

/** What is known of a final epoch that pays less than was promised. */
export type Broken = {
  readonly statement: Pick<Statement, 'root' | 'seq'>
  readonly onChain: OnChain
  /** Whether it is known what the final statement pays. */
  readonly isKnown: boolean
  readonly challengeDelay: number
  readonly now: number
}

/**
 * Decides whether a broken promise is challenged now. A stale statement may have been posted by a stranger: an honest settler puts
 * the rest into its next epoch and has half of the time for it. One that posted another tree as new as the promise has none.
 */
export function mayChallenge({ statement, onChain, isKnown, challengeDelay, now }: Broken): boolean {
  if (now < onChain.finalAt || now >= onChain.finalAt + challengeDelay) return false
  const isLie = onChain.root !== statement.root && onChain.seq === statement.seq
  const isWorse = isKnown && onChain.seq > statement.seq
  return isLie || isWorse || now >= onChain.finalAt + challengeDelay / 2
}
