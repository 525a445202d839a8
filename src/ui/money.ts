import { malformed } from '../protocol/failure.ts'
import { formatWei, toWei, type Wei } from '../protocol/wei.ts'

/** Writes an amount in coins with about four significant digits, never rounded up. */
export function showCoins(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().length
  return formatWei(amount, Math.max(4, 22 - digits))
}

/** Reads a decimal number of coins, exactly. Throws `malformed`. */
export function parseCoins(text: string, path: string): Wei {
  const [, whole = '', rest = ''] = /^(\d{1,9})(?:[.,](\d{1,18}))?$/.exec(text.trim()) ?? []
  if (whole === '') throw malformed(path, 'a number of coins such as 0.001, with at most 18 decimals', text)
  return toWei(BigInt(whole) * 10n ** 18n + BigInt(rest.padEnd(18, '0')), path)
}
