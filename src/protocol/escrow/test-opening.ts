import { ZERO_ADDRESS } from '../address.ts'
import type { Digest } from '../bytes.ts'
import { toHex } from '../bytes.ts'
import { toWei } from '../wei.ts'
import type { Opening, Terms } from './opening.ts'

const NOTHING = toWei(0n)

/** Terms for tests, but for `change`: delays of a second. */
export function testTerms(change: Partial<Terms> = {}): Terms {
  return {
    expiry: 2_000_000_000,
    postDelay: 1,
    challengeDelay: 1,
    closeDelay: 1,
    settlerCap: NOTHING,
    postReserve: NOTHING,
    postBounty: NOTHING,
    quorumBps: 6_700,
    minSigners: 3,
    forceDelay: 1,
    forceCap: NOTHING,
    ...change,
  }
}

/** An opening for tests, but for `change`; each one has a salt of its own. */
export function testOpening(change: Partial<Opening> = {}): Opening {
  return {
    publisher: ZERO_ADDRESS,
    salt: toHex(crypto.getRandomValues(new Uint8Array(32))),
    token: ZERO_ADDRESS,
    budget: toWei(1_000_000n),
    bond: toWei(100_000n),
    settler: ZERO_ADDRESS,
    manifest: 'ab'.repeat(32) as Digest,
    terms: testTerms(),
    ...change,
  }
}
