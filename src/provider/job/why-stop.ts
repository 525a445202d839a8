import type { Exposure } from '../../market/exposure.ts'
import { isBonded, MAX_UNPAID_WORK_MS, mayGoOn } from '../../market/exposure.ts'
import type { Currency } from '../../protocol/wei.ts'
import { formatAmount } from '../../protocol/wei.ts'

/** Why no more is done for a job just now: the code for tests and styles, the text for a person. */
export type Stop = { readonly code: 'unsigned' | 'unposted' | 'unlisted'; readonly text: string }

/** What a provider has at stake in a job. */
export type Stake = {
  readonly exposure: Exposure
  readonly maxUnpaid: number
  readonly nowMs: number
  /** What is promised to anybody and not on chain, and the bond that answers for it. */
  readonly unposted: bigint
  readonly bond: bigint
  /** What the job pays in. */
  readonly currency: Currency
  /** Why the leaves of a posted epoch are not to be had; empty while they are. */
  readonly listTrouble: string
}

/** Says why a provider does no more for a job; undefined while it goes on. */
export function whyStop(stake: Stake): Stop | undefined {
  const { exposure, maxUnpaid, nowMs, unposted, bond, currency, listTrouble } = stake
  if (!mayGoOn(exposure, nowMs, maxUnpaid)) {
    const isMany = exposure.units >= maxUnpaid && exposure.workMs >= MAX_UNPAID_WORK_MS
    const text = isMany
      ? `${exposure.units} results wait for a signature or for other visitors; no more than ${maxUnpaid} are left unpaid`
      : `${exposure.units} results wait for a signature, the oldest for ${Math.round((nowMs - (exposure.oldestAt ?? nowMs)) / 1000)} s`
    return { code: 'unsigned', text }
  }
  if (!isBonded(unposted, bond)) {
    const show = (amount: bigint): string => `${formatAmount(amount, currency)} ${currency.symbol}`
    const text = `${show(unposted)} are promised and not posted; the bond of ${show(bond)} answers for half of itself`
    return { code: 'unposted', text }
  }
  return listTrouble === '' ? undefined : { code: 'unlisted', text: listTrouble }
}
