import type { Earned } from '../chain/wallet-payments.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { HistoryEntry, PayPart } from '../provider/state.ts'

/** What has become of the pay of one result, and so why it is not paid. */
export type Pay =
  /** Delivered: the publisher has not decided the unit. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'rejected' | 'failed' }
  /** Accepted by a publisher that pays nothing. */
  | { readonly kind: 'free' }
  /** Accepted, and no statement covers it yet. */
  | { readonly kind: 'unsigned' }
  /** An older statement became final, which does not pay it. */
  | { readonly kind: 'lacking' }
  | { readonly kind: 'promised' | 'claimable' | 'inTransit' }
  /** `finalAt` in seconds since 1970. */
  | { readonly kind: 'posted'; readonly finalAt: number }
  /** The transaction is undefined when it is too old to be listed. */
  | { readonly kind: 'paid'; readonly hash: Hex | undefined }

/** One result of this browser: the newest that is known of it. */
export type Result = HistoryEntry & { readonly pay: Pay }

/** A payment, and which stretch of what its job earned it pays, in the smallest unit: the results that begin from `from` to before `to`. */
export type Paid = Earned & { readonly from: bigint; readonly to: bigint }

/** Parts in the order in which money moves: what is furthest on pays the results that were accepted first. */
const ORDER: readonly PayPart['stage'][] = ['paid', 'inTransit', 'claimable', 'posted', 'promised']

/**
 * Says of each result, the newest first, what has become of its pay. Statements name sums, not units: the results of a job are
 * taken to be paid in the order in which they were accepted, as its settler counts them. Where several tabs share a payee their
 * results are in one sum, and a result may then be paid later than is said here.
 */
export function listResults(
  history: readonly HistoryEntry[],
  parts: readonly PayPart[],
  earned: readonly Earned[],
): Result[] {
  const newest = new Map<string, HistoryEntry>()
  for (const entry of history) {
    const key = `${entry.jobId} ${entry.unit}`
    if (!newest.has(key)) newest.set(key, entry)
  }
  const paid = placePayments(history, parts, earned)
  const ordered = [...parts].sort((a, b) => rank(a) - rank(b) || (a.epoch ?? -1) - (b.epoch ?? -1))
  const own = byJob(ordered)
  return [...newest.values()].map((entry) => ({
    ...entry,
    pay: payOf(entry, own.get(entry.jobId) ?? [], paid),
  }))
}

/** Says which results each payment is for. What was paid before the oldest payment that is listed comes before it. */
export function placePayments(
  history: readonly HistoryEntry[],
  parts: readonly PayPart[],
  earned: readonly Earned[],
): Paid[] {
  const known = new Set(history.map(({ jobId }) => jobId))
  return [...byJob(earned)].flatMap(([jobId, payments]) => {
    if (!known.has(jobId)) return []
    const all = sum(parts.filter((part) => part.jobId === jobId && part.stage === 'paid'))
    const unlisted = all - sum(payments)
    let done = unlisted > 0n ? unlisted : 0n
    return [...payments]
      .sort((a, b) => a.epoch - b.epoch)
      .map((payment) => {
        const from = done
        done += payment.amount
        return { ...payment, from, to: done }
      })
  })
}

function payOf(
  { kind, jobId, before, price }: HistoryEntry,
  parts: readonly PayPart[],
  paid: readonly Paid[],
): Pay {
  if (kind === 'delivered') return { kind: 'waiting' }
  if (kind !== 'accepted' || before === undefined) return { kind: kind === 'failed' ? 'failed' : 'rejected' }
  if (price === 0n) return { kind: 'free' }
  let covered = 0n
  for (const { stage, amount, finalAt } of parts) {
    if (stage === 'void') return { kind: 'lacking' }
    covered += amount
    if (covered < before + price) continue
    if (stage === 'posted') return { kind: stage, finalAt }
    if (stage !== 'paid') return { kind: stage }
    return {
      kind: stage,
      hash: paid.find((one) => one.jobId === jobId && one.from <= before && before < one.to)?.hash,
    }
  }
  return { kind: 'unsigned' }
}

function rank({ stage }: PayPart): number {
  const place = ORDER.indexOf(stage)
  return place < 0 ? ORDER.length : place
}

function sum(parts: readonly { readonly amount: bigint }[]): bigint {
  return parts.reduce((total, { amount }) => total + amount, 0n)
}

function byJob<T extends { readonly jobId: Hex }>(all: readonly T[]): Map<Hex, T[]> {
  const groups = new Map<Hex, T[]>()
  for (const one of all) groups.set(one.jobId, [...(groups.get(one.jobId) ?? []), one])
  return groups
}
