import { getAddress } from 'viem/utils'
import { malformed } from './failure.ts'

declare const address: unique symbol
/** An Ethereum address in lower case, so that equal addresses are equal strings. */
export type Address = `0x${string}` & { readonly [address]: true }

export const ZERO_ADDRESS = `0x${'0'.repeat(40)}` as Address

/** Reads an address. Mixed case must carry a right EIP-55 checksum. Throws `malformed`. */
export function readAddress(value: unknown, path: string): Address {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(value))
    throw malformed(path, 'an address', value)
  const lower = value.toLowerCase() as Address
  const isPlain = value === lower || value.slice(2) === value.slice(2).toUpperCase()
  if (!isPlain && getAddress(lower) !== value)
    throw malformed(path, 'an address with a right checksum', value)
  return lower
}

/** Writes an address with its EIP-55 checksum, for a reader. */
export function showAddress(value: Address): string {
  return getAddress(value)
}
