/** How much delivered work a provider leaves unsigned before it stops, unless its visitor says otherwise. */
export const MAX_UNPAID_UNITS = 200
/** Tiny units: two hundred of them may be a few milliseconds of work, so this much work is left unsigned in any case. */
export const MAX_UNPAID_WORK_MS = 5_000
const MAX_UNPAID_INTERVALS = 2
/** The longest time between two statements. */
export const STATEMENT_INTERVAL_MS = 30_000

/**
 * What a publisher owes a provider and has not signed for: how many results, how long they took to compute, and since when
 * the oldest accepted one waits (ms since 1970).
 */
export type Exposure = {
  readonly units: number
  readonly workMs: number
  readonly oldestAt: number | undefined
}

/**
 * Decides whether a provider goes on working. Owed is every delivered result without a justified rejection; what waits for
 * other providers' results is counted in units only, because no statement could cover it yet.
 */
export function mayGoOn(exposure: Exposure, nowMs: number, maxUnits = MAX_UNPAID_UNITS): boolean {
  if (exposure.units >= maxUnits && exposure.workMs >= MAX_UNPAID_WORK_MS) return false
  return (
    exposure.oldestAt === undefined ||
    nowMs - exposure.oldestAt < MAX_UNPAID_INTERVALS * STATEMENT_INTERVAL_MS
  )
}

/** Whether the bond answers for promises that are not on chain: a broken one is paid from at most half of it. */
export function isBonded(unposted: bigint, bond: bigint): boolean {
  return unposted * 2n <= bond
}
