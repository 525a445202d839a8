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

/** What amounts are counted in, for a reader. */
export type Currency = { readonly symbol: string; readonly decimals: number }

/** The decimals of the chain's own coin. */
export const COIN_DECIMALS = 18

/** Writes an amount as a decimal number of coins for a reader, never rounded up, with at most `places` decimals. */
export function formatWei(amount: bigint, places = COIN_DECIMALS): string {
  return formatAmount(amount, { decimals: COIN_DECIMALS, places })
}

/** Writes an amount of something with so many decimals, as `formatWei` does for coins. */
export function formatAmount(
  amount: bigint,
  { decimals, places = decimals }: { readonly decimals: number; readonly places?: number },
): string {
  const sign = amount < 0n ? '-' : ''
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const rest = digits.slice(digits.length - decimals, digits.length - decimals + places).replace(/0+$/, '')
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`
}

/** Reads a decimal number of coins, or of a token with other decimals, exactly. Throws `malformed`. */
export function parseCoins(text: string, path: string, decimals = COIN_DECIMALS): Wei {
  const [, whole = '', rest = ''] = /^(\d{1,27})(?:[.,](\d+))?$/.exec(text.trim()) ?? []
  if (whole.length > Math.max(27 - decimals, 9) || whole === '' || rest.length > decimals) {
    const example = decimals < 3 ? '25' : '0.001'
    throw malformed(path, `a number such as ${example}, with at most ${decimals} decimals`, text)
  }
  return toWei(BigInt(whole + rest.padEnd(decimals, '0')), path)
}
