import { Failure } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { minDelaySeconds } from './chains.ts'

/** The rules of a job, fixed when it is opened. Times are seconds; zero `settlerCap` is no cap. */
export type Terms = {
  /** Seconds since 1970. From then on anybody may begin the close. */
  readonly expiry: number
  readonly postDelay: number
  readonly challengeDelay: number
  readonly closeDelay: number
  /** The most that can be posted in one day. */
  readonly settlerCap: Wei
  /** The part of the budget that repays posters, and what one poster gets of it. */
  readonly postReserve: Wei
  readonly postBounty: Wei
  readonly quorumBps: number
  readonly minSigners: number
  readonly forceDelay: number
  readonly forceCap: Wei
}

const DAY = 86_400
const NOTHING = toWei(0n)
const money = { settlerCap: NOTHING, postReserve: NOTHING, postBounty: NOTHING, forceCap: NOTHING }

/** Terms for real money: every delay a day, open for 30 days after `now` (seconds since 1970). */
export function defaultTerms(now: number): Terms {
  const delays = { postDelay: DAY, challengeDelay: DAY, closeDelay: DAY, forceDelay: DAY }
  return { ...money, ...delays, expiry: now + 30 * DAY, quorumBps: 6_700, minSigners: 3 }
}

/** Terms for the local chain: delays of seconds. */
export function localTerms(now: number): Terms {
  return { ...defaultTerms(now), postDelay: 3, challengeDelay: 5, closeDelay: 3, forceDelay: 3 }
}

/** Checks terms before work is done under them. Throws `refused` with the term that is not good enough. */
export function checkTerms(terms: Terms, chainId: number): void {
  const least = minDelaySeconds(chainId)
  for (const name of ['postDelay', 'challengeDelay', 'closeDelay', 'forceDelay'] as const) {
    if (terms[name] < least) {
      throw new Failure(
        'refused',
        `terms.${name} is ${terms[name]} s; on chain ${chainId} at least ${least} s are needed`,
      )
    }
  }
}
