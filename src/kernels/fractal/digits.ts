import { malformed } from '../../protocol/failure.ts'

/** Digits of a number after the whole one, and the bits of each. */
const PLACES = 5
const BITS = 14n
const HALF = 1n << (BITS - 1n)

/** Reads a decimal number like `-1.25` or `3e-13` in units of 2^-70. Throws `malformed`. */
export function fixedOf(decimal: string): bigint {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e(-?\d{1,2}))?$/.exec(decimal)
  if (parts === null) throw malformed('number', 'a decimal number', decimal)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  const shift = Number(exponent) - fraction.length
  const one = 1n << (BITS * BigInt(PLACES))
  const size = BigInt(whole + fraction) * one
  const value = shift < 0 ? size / 10n ** BigInt(-shift) : size * 10n ** BigInt(shift)
  return sign === '-' ? -value : value
}

/** Writes a number in units of 2^-70 as six digits, each but the first from -8192 to 8191. */
export function toDigits(value: bigint): number[] {
  const digits: number[] = []
  let rest = value
  for (let place = 0; place < PLACES; place += 1) {
    const carry = (rest + HALF) >> BITS
    digits.unshift(Number(rest - (carry << BITS)))
    rest = carry
  }
  return [Number(rest), ...digits]
}
