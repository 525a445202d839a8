import { malformed } from '../../protocol/failure.ts'
import { COIN_DECIMALS, formatAmount, parseCoins } from '../../protocol/wei.ts'
import type { Draft, Quote } from '../../publisher/state.ts'

/** Between what a budget lies, and the decimals of what it is in; those of the chain's coin without them. */
export type BudgetRange = { readonly limits: Quote; readonly decimals?: number | undefined }

/** The draft with the budget that is typed; an empty field is the whole price. Throws `malformed` in the field `budget`. */
export function withBudget(
  draft: Draft,
  text: string,
  { limits: { least, budget: whole }, decimals = COIN_DECIMALS }: BudgetRange,
): Draft {
  if (text.trim() === '') return draft
  const budget = parseCoins(text, 'budget', decimals)
  const show = (amount: bigint): string => formatAmount(amount, { decimals })
  if (budget < least || budget > whole)
    throw malformed('budget', `${show(least)} (one unit) to ${show(whole)} (the whole job)`, text)
  return { ...draft, budget }
}
