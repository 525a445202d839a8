import type { Earned } from '../../chain/wallet-payments.ts'
import type { Address } from '../../protocol/address.ts'
import type { HistoryEntry, PayPart } from '../../provider/state.ts'
import { placePayments } from '../results.ts'
import type { SentPayment } from './sent.ts'

/** One line of the history: what the escrow paid, or what was sent from here. */
export type ListedPayment = { readonly key: string } & (
  | SentPayment
  | (Omit<Earned, 'account'> & {
      readonly kind: 'earned'
      readonly state: 'done'
      readonly other: Address
      readonly fee: undefined
      readonly why: ''
      /** What this browser remembers: the job's name, how many results were paid, and the units of those it still lists. */
      readonly jobName: string | undefined
      readonly count: number | undefined
      readonly units: readonly number[]
    })
)

/** What this browser remembers of its work. */
export type Memory = { readonly history: readonly HistoryEntry[]; readonly parts: readonly PayPart[] }

/** Joins what the chain and what this browser knows, the newest first. */
export function listPayments(
  { earned, sent }: { readonly earned: readonly Earned[]; readonly sent: readonly SentPayment[] },
  { history, parts }: Memory,
): ListedPayment[] {
  const names = new Map(history.map(({ jobId, jobName }) => [jobId, jobName]))
  const places = new Map(placePayments(history, parts, earned).map((paid) => [keyOf(paid), paid]))
  const fromEscrow = earned.map(({ account: other, ...same }): ListedPayment => {
    const key = keyOf({ ...same, account: other })
    const paid = places.get(key)
    const units = history.flatMap(({ jobId, place, unit }) =>
      paid !== undefined &&
      jobId === same.jobId &&
      place !== undefined &&
      paid.from <= place &&
      place < paid.to
        ? [unit]
        : [],
    )
    const known = { jobName: names.get(same.jobId), count: paid && paid.to - paid.from, units }
    return { ...same, ...known, key, kind: 'earned', state: 'done', other, fee: undefined, why: '' }
  })
  const own = sent.map((payment): ListedPayment => ({ ...payment, key: payment.hash }))
  return [...fromEscrow, ...own].sort((a, b) => b.at - a.at)
}

function keyOf({ hash, jobId, epoch, account }: Earned): string {
  return `${hash} ${jobId} ${epoch} ${account}`
}
