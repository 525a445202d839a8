import { malformed } from './failure.ts'

declare const wei: unique symbol
/** An amount of the chain's smallest coin. */
export type Wei = bigint & { readonly [wei]: true }

/** The largest amount that an escrow keeps in one field (uint88, about 3 x 10^26). */
export const MAX_WEI = (1n << 88n) - 1n

/** Reads a decimal string of wei. Throws `malformed`. */
export function readWei(value: unknown, path: string): Wei {
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,27})$/.test(value)) {
    throw malformed(path, 'an amount of wei as decimal digits', value)
  }
  const amount = BigInt(value)
  if (amount > MAX_WEI) throw malformed(path, `at most ${MAX_WEI} wei`, value)
  return amount as Wei
}

/** Brands an amount that was computed from amounts. Throws `malformed` when it is negative or too large. */
export function toWei(amount: bigint, path = 'amount'): Wei {
  if (amount < 0n || amount > MAX_WEI) throw malformed(path, `0 to ${MAX_WEI} wei`, amount)
  return amount as Wei
}

/** Writes an amount as a decimal number of coins for a reader, never rounded up, with at most `places` decimals. */
export function formatWei(amount: bigint, places = 18): string {
  const sign = amount < 0n ? '-' : ''
  const digits = (amount < 0n ? -amount : amount).toString().padStart(19, '0')
  const whole = digits.slice(0, -18)
  const rest = digits.slice(-18).slice(0, places).replace(/0+$/, '')
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`
}
