import type { Epoch, LeafName, LeafState } from '../../chain/escrow/read-escrow.ts'
import type { Leg } from '../../market/defence/defence.ts'
import type { Address } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { Leaf } from '../../protocol/statement/sum-tree.ts'
import type { Money, PayPart } from '../state.ts'
import type { Held } from './check-promise.ts'
import type { Kept } from './purse-record.ts'

/** A promise that is held, and what the chain said of it the last time. */
export type Entry = Kept & {
  epoch: Epoch | undefined
  isFinal: boolean
  paid: LeafState['paid']
}

/** One payee of one job. */
export type Account = { readonly jobId: Hex; readonly account: Address }

/** What is not asked of the chain yet. */
export const UNTOUCHED = { epoch: undefined, isFinal: false, paid: 'no' } as const

/** The leaf that the chain pays, or will pay once the epoch is final; undefined where it is not known, or there is none. */
export function leafOf({
  held,
  epoch,
  isFinal,
  instead,
}: Entry): { leaf: Leaf; proof: Uint8Array } | undefined {
  if (!isFinal || epoch?.root === held.signed.statement.root) return held
  if (instead?.root !== epoch?.root || instead?.leaf === undefined) return undefined
  return { leaf: instead.leaf, proof: instead.proof }
}

/** Whether it is known what the final statement of an epoch pays. */
export function isKnown({ held, epoch, instead }: Entry): boolean {
  return epoch?.root === held.signed.statement.root || (epoch !== undefined && instead?.root === epoch.root)
}

/** The job and the payee of a promise. */
export function accountIn({ signed, leaf }: Held): Account {
  return { jobId: signed.statement.jobId, account: leaf.account }
}

type Stage = keyof Money | 'void'

/** In which sum a promise counts. What a final statement does not pay is in none: it is promised anew, or the bond pays it. */
export function stageOf(entry: Entry, isSent: boolean): Stage {
  if (!entry.isFinal || !isKnown(entry)) return 'promised'
  if (leafOf(entry) === undefined) return 'void'
  if (entry.paid === 'confirmed') return 'paid'
  return entry.paid === 'unconfirmed' || isSent ? 'inTransit' : 'claimable'
}

/** A promise as a part of what its job pays. */
export function partOf(entry: Entry, isSent: boolean): PayPart {
  const { held, epoch } = entry
  const { statement } = held.signed
  const stage = stageOf(entry, isSent)
  const isPosted = stage === 'promised' && epoch !== undefined && epoch.seq >= statement.seq
  return {
    jobId: statement.jobId,
    epoch: statement.epoch,
    amount: (leafOf(entry) ?? held).leaf.amount,
    stage: isPosted ? 'posted' : stage,
    finalAt: isPosted ? epoch.finalAt : 0,
  }
}

/** A promise as its job's accounts see it. */
export function legOf(entry: Entry): Leg {
  const { epoch } = entry.held.signed.statement
  const { amount, earned } = entry.held.leaf
  const final = entry.isFinal ? (leafOf(entry)?.leaf.amount ?? 0n) : undefined
  return { epoch, amount, earned, final }
}

/** Where a leaf stands on chain. */
export function nameLeaf({ signed }: Held, { index }: Leaf): LeafName {
  const { jobId, epoch } = signed.statement
  return { jobId, epoch, index }
}

/** The name under which a promise is kept. */
export function nameOf({ signed, leaf }: Held): string {
  return nameIn(signed.statement.jobId, signed.statement.epoch, leaf.account)
}

/** The name under which the promise to an account is kept. */
export function nameIn(jobId: Hex, epoch: number, account: Address): string {
  return `purse/${jobId}/${epoch}/${account}`
}

/** Tells one payee of one job from another. */
export function keyOf({ jobId, account }: Account): string {
  return `${jobId}/${account}`
}

/** Whether it is too late to challenge a promise, and any challenge of it must be over. */
export function isLapsed({ epoch, held }: Entry, now: number): boolean {
  return epoch !== undefined && now >= epoch.finalAt + 3 * held.opening.terms.challengeDelay
}
