import type { Wei } from '../protocol/wei.ts'

/** What is known when a settler asks whether to end an epoch and post it. */
export type Unposted = {
  readonly total: Wei
  readonly bond: Wei
  /** How long the epoch has gone on. */
  readonly ageMs: number
  readonly maxAgeMs: number
  /** Everything is decided; no more will be earned. */
  readonly isEnd: boolean
}

/**
 * Decides whether to post. Half the bond is what covers an unposted promise, so a post is due at a quarter: what is earned
 * while it is on its way is then covered too.
 */
export function mayPost({ total, bond, ageMs, maxAgeMs, isEnd }: Unposted): boolean {
  if (total === 0n) return false
  return isEnd || total * 4n >= bond || ageMs >= maxAgeMs
}
