import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'

/** Where the money of one job is; the other numbers add up to `deposited`. */
export type JobMoney = {
  /** What arrived in the escrow for it: budget, bond and what was added since. */
  readonly deposited: Wei
  /** What may still go to others: promised and not paid, work under way, the reserve for posters, and the bond while the job is open. */
  readonly reserved: Wei
  /** Paid to payees and posters, and what broken promises took from the bond. */
  readonly spent: Wei
  /** What nobody has a claim on: it comes back when the job ends. */
  readonly refundable: Wei
  /** What came back when the job was closed. */
  readonly returned: Wei
}

/** What a publisher knows of a job's deposit. */
export type Deposit =
  /** It has not reached the escrow. */
  | { readonly kind: 'unopened' }
  | {
      readonly kind: 'open'
      /** What arrived for results and posters, with all that was added. */
      readonly budget: Wei
      readonly bond: Wei
      /** What is left of the bond. */
      readonly bondLeft: Wei
      readonly claimed: Wei
      /** What posters got of `postReserve`. */
      readonly repaid: Wei
      readonly postReserve: Wei
      /** What payees may get in all: what is promised, or what they have earned and may earn with work under way. */
      readonly owed: Wei
    }
  | {
      readonly kind: 'closed'
      readonly budget: Wei
      readonly bond: Wei
      readonly claimed: Wei
      /** The total of the posted epochs: what is not claimed of it stays in the escrow for its payees. */
      readonly committed: Wei
      readonly refunded: Wei
      readonly bondReturned: Wei
    }

const NOTHING = toWei(0n)

/** Says where a job's money is. What is not known to the wei is reserved rather than called refundable. */
export function jobMoney(deposit: Deposit): JobMoney {
  if (deposit.kind === 'unopened')
    return { deposited: NOTHING, reserved: NOTHING, spent: NOTHING, refundable: NOTHING, returned: NOTHING }
  const { budget, bond, claimed } = deposit
  const deposited = budget + bond
  if (deposit.kind === 'closed') {
    const returned = least(deposit.refunded + deposit.bondReturned, deposited)
    const reserved = least(deposit.committed - claimed, deposited - returned)
    return brand({ deposited, reserved, returned, refundable: 0n, spent: deposited - returned - reserved })
  }
  const { bondLeft, repaid, postReserve, owed } = deposit
  const spent = least(claimed + repaid + bond - bondLeft, deposited)
  const due = most(owed - claimed) + most(postReserve - repaid) + bondLeft
  const reserved = least(due, deposited - spent)
  return brand({ deposited, reserved, spent, returned: 0n, refundable: deposited - spent - reserved })
}

function least(a: bigint, b: bigint): bigint {
  return most(a < b ? a : b)
}

function most(a: bigint): bigint {
  return a > 0n ? a : 0n
}

function brand({
  deposited,
  reserved,
  spent,
  refundable,
  returned,
}: Record<keyof JobMoney, bigint>): JobMoney {
  return {
    deposited: toWei(deposited),
    reserved: toWei(reserved),
    spent: toWei(spent),
    refundable: toWei(refundable),
    returned: toWei(returned),
  }
}
