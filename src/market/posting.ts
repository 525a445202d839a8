import type { Wei } from '../protocol/wei.ts'

/** When a post is worth its gas. */
export type Thrift = {
  /** No post for its worth alone comes sooner than this after something is unposted, and every post comes by then. */
  readonly minAgeMs: number
  readonly maxAgeMs: number
  /** Between the two, a post is worth it when it brings so many times its cost. */
  readonly costMultiple: bigint
}

/** What is known of an open epoch when its settler asks what to do. Something is unposted while `total` is above `posted`. */
export type Unposted = {
  /** What its next statement says. */
  readonly total: Wei
  /** What of it is on chain. */
  readonly posted: Wei
  readonly bond: Wei
  /** Since when something is unposted. */
  readonly ageMs: number
  /** How long a newer statement can replace what is posted. */
  readonly postDelayMs: number
  /** What a post costs; undefined where it cannot be compared with the total: the job pays in a token. */
  readonly cost: Wei | undefined
  /** The epoch must end now: what is on chain of it becomes final soon, or a promise was challenged. */
  readonly isDue: boolean
  /** Everything is decided; no more will be earned. */
  readonly isEnd: boolean
}

/**
 * What a settler does with its open epoch: wait, post its newest statement and go on, or end it. A post that goes on is cheap
 * the second time, for it replaces the first; one that ends the epoch can be final at once.
 */
export type Posting = 'wait' | 'post' | 'end'

/** An epoch on chain ends when this part of the time to replace it is left, and never later than a slow transaction allows. */
const END_PART = 0.6
const SLOW_TRANSACTION_S = 300
/** What is earned in so long comes between the decision to post and the post on chain. */
const LEAD_MS = 60_000

/** Decides what to do with an open epoch. */
export function choosePosting(epoch: Unposted, { minAgeMs, maxAgeMs, costMultiple }: Thrift): Posting {
  const { total, posted, bond, ageMs, cost, postDelayMs } = epoch
  if (total > 0n && (epoch.isEnd || epoch.isDue)) return 'end'
  const unposted = total - posted
  if (unposted === 0n) return 'wait'
  const isWorthIt = cost !== undefined && unposted >= cost * costMultiple && ageMs >= minAgeMs
  if (!isNearCover(unposted, { bond, ageMs }) && ageMs < maxAgeMs && !isWorthIt) return 'wait'
  return postDelayMs / 2 > minAgeMs ? 'post' : 'end' // there would hardly be a second post before it must end
}

/**
 * Half the bond is what covers an unposted promise: a post is due when that would be reached while it is on its way, at the
 * pace of earning so far. At a quarter at the earliest, for a pace that was just begun is a guess.
 */
function isNearCover(unposted: bigint, { bond, ageMs }: Pick<Unposted, 'bond' | 'ageMs'>): boolean {
  const age = BigInt(Math.max(1, Math.floor(ageMs)))
  const soon = (unposted * (age + BigInt(LEAD_MS))) / age
  return unposted * 4n >= bond && soon * 2n >= bond
}

/**
 * Tells whether an epoch must end that is on chain and becomes final in `leftSeconds`: what is signed too late could not
 * replace it any more. A payee posts what it holds when half of the delay is over, so the settler comes a little before.
 */
export function isEndDue(leftSeconds: number, postDelay: number): boolean {
  return leftSeconds <= Math.max(postDelay * END_PART, SLOW_TRANSACTION_S)
}
