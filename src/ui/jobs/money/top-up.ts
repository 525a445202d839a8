import { Failure } from '../../../protocol/failure.ts'
import type { Wei } from '../../../protocol/wei.ts'
import { COIN_DECIMALS, formatAmount, MAX_WEI, toWei } from '../../../protocol/wei.ts'

/** What an amount is judged against. `decimals` are those of a token: the fee is not paid from its balance. */
export type TopUpMeans = {
  readonly balance: Wei
  readonly budget: Wei
  readonly currency: string
  readonly decimals?: number | undefined
}

/** Reads the amount of a top-up. Throws `malformed` in the field `amount`. */
export function readTopUp(text: string, means: TopUpMeans): Wei {
  const { balance, budget, currency, decimals = COIN_DECIMALS } = means
  const show = (amount: bigint): string => `${formatAmount(amount, { decimals })} ${currency}`
  const [, whole, rest = ''] = /^(\d{1,30})(?:[.,](\d+))?$/.exec(text.trim()) ?? []
  if (whole === undefined || rest.length > decimals)
    throw wrong(`Enter a number of coins such as 0.25, with at most ${decimals} decimals`)
  const amount = BigInt(whole + rest.padEnd(decimals, '0'))
  if (amount === 0n) throw wrong('Enter more than nothing')
  if (amount > MAX_WEI - budget)
    throw wrong(`An escrow counts in 88 bits: this job takes at most ${show(MAX_WEI - budget)} more`)
  if (means.decimals !== undefined && amount > balance) throw wrong(`The account holds ${show(balance)}`)
  if (means.decimals === undefined && amount >= balance)
    throw wrong(`The account holds ${show(balance)}, and a fee comes on top`)
  return toWei(amount)
}

function wrong(text: string): Failure {
  return new Failure('malformed', `amount: ${text}`)
}
