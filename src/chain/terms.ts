import type { Terms } from '../protocol/escrow/opening.ts'
import { Failure } from '../protocol/failure.ts'
import { toWei } from '../protocol/wei.ts'
import { minDelaySeconds } from './chains.ts'

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
