import type { Address } from '../address.ts'
import type { Hex } from '../bytes.ts'
import type { Wei } from '../wei.ts'
import type { Domain } from './domain.ts'
import { digestOfStruct } from './domain.ts'

/** What an account allows who challenges for it: the fee, out of what the challenge brings. Signed by the account. */
export type Help = {
  readonly jobId: Hex
  readonly account: Address
  /** The promise that is challenged: what the account has earned in the whole job. */
  readonly earned: Wei
  readonly helper: Address
  readonly fee: Wei
}

const HELP = [
  { name: 'jobId', type: 'bytes32' },
  { name: 'account', type: 'address' },
  { name: 'earned', type: 'uint256' },
  { name: 'helper', type: 'address' },
  { name: 'fee', type: 'uint256' },
] as const

/** The EIP-712 digest of a consent to help. */
export function hashHelp(help: Help, domain: Domain): Uint8Array {
  return digestOfStruct('Help', { fields: HELP, values: help }, domain)
}
