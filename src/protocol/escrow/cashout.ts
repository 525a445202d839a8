import type { Address } from '../address.ts'
import type { Wei } from '../wei.ts'
import type { Domain } from './domain.ts'
import { digestOfStruct } from './domain.ts'

/** An account's order to pay what it has earned to an address. Signed by the account. */
export type Cashout = {
  readonly account: Address
  readonly to: Address
  /** The zero address is the chain's own coin. */
  readonly token: Address
  /** The most that the relayer keeps, and the least that `to` gets. */
  readonly maxFee: Wei
  readonly minOut: Wei
  /** Any number this account has not used before. */
  readonly nonce: bigint
  /** Seconds since 1970. */
  readonly deadline: number
}

const CASHOUT = [
  { name: 'account', type: 'address' },
  { name: 'to', type: 'address' },
  { name: 'token', type: 'address' },
  { name: 'maxFee', type: 'uint256' },
  { name: 'minOut', type: 'uint256' },
  { name: 'nonce', type: 'uint256' },
  { name: 'deadline', type: 'uint256' },
] as const

/** A cash-out in the escrow's words. */
export function wordsOfCashout(cashout: Cashout) {
  return { ...cashout, deadline: BigInt(cashout.deadline) }
}

/** The EIP-712 digest of a cash-out. */
export function hashCashout(cashout: Cashout, domain: Domain): Uint8Array {
  return digestOfStruct('Cashout', { fields: CASHOUT, values: wordsOfCashout(cashout) }, domain)
}
