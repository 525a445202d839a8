import type { Earned } from '../../chain/wallet-payments.ts'
import type { Address } from '../../protocol/address.ts'
import type { HistoryEntry, PayPart } from '../../provider/state.ts'
import type { Paid } from '../results.ts'
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
    const ofJob = history.filter(({ jobId, before }) => jobId === same.jobId && before !== undefined)
    const results = paid === undefined ? [] : ofJob.filter((result) => isIn(result, paid))
    const units = results.map(({ unit }) => unit)
    const count = paid && countResults(paid, results.length > 0 ? results : ofJob)
    const known = { jobName: names.get(same.jobId), count, units }
    return { ...same, ...known, key, kind: 'earned', state: 'done', other, fee: undefined, why: '' }
  })
  const own = sent.map((payment): ListedPayment => ({ ...payment, key: payment.hash }))
  return [...fromEscrow, ...own].sort((a, b) => b.at - a.at)
}

function isIn({ before }: HistoryEntry, { from, to }: Paid): boolean {
  return before !== undefined && from <= before && before < to
}

/** How many results a payment is for. Those that are not listed any more are taken to be worth as much as those that are. */
function countResults({ from, to }: Paid, listed: readonly HistoryEntry[]): number | undefined {
  const worth = listed.reduce((sum, { price }) => sum + price, 0n)
  return worth === 0n ? undefined : Number(((to - from) * BigInt(listed.length)) / worth)
}

function keyOf({ hash, jobId, epoch, account }: Earned): string {
  return `${hash} ${jobId} ${epoch} ${account}`
}
