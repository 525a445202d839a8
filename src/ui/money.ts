import { COIN_DECIMALS, formatAmount } from '../protocol/wei.ts'

/** Writes an amount in coins, or of a token with other decimals, with about four significant digits, never rounded up. */
export function showCoins(amount: bigint, decimals = COIN_DECIMALS): string {
  const digits = (amount < 0n ? -amount : amount).toString().length
  return formatAmount(amount, { decimals, places: Math.max(4, decimals + 4 - digits) })
}
