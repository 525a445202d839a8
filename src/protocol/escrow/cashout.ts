import type { Address } from '../address.ts'
import { readAddress } from '../address.ts'
import { fromHex, toHex } from '../bytes.ts'
import { at, readBytes, readInteger, readRecord } from '../read.ts'
import type { Wei } from '../wei.ts'
import { readWei } from '../wei.ts'
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

/** A cash-out as plain values for a frame or a record. */
export function packCashout(cashout: Cashout): unknown {
  return {
    ...cashout,
    maxFee: cashout.maxFee.toString(),
    minOut: cashout.minOut.toString(),
    nonce: fromHex(cashout.nonce.toString(16).padStart(64, '0')),
  }
}

/** Reads what `packCashout` wrote. Throws `malformed` with the field's path. */
export function parseCashout(value: unknown, path = 'cashout'): Cashout {
  const names = CASHOUT.map(({ name }) => name)
  const record = readRecord(value, path, names)
  const address = (name: string): Address => readAddress(record[name], at(path, name))
  return {
    account: address('account'),
    to: address('to'),
    token: address('token'),
    maxFee: readWei(record.maxFee, at(path, 'maxFee')),
    minOut: readWei(record.minOut, at(path, 'minOut')),
    nonce: BigInt(toHex(readBytes(record.nonce, at(path, 'nonce'), 32))),
    deadline: readInteger(record.deadline, at(path, 'deadline'), [0, Number.MAX_SAFE_INTEGER]),
  }
}
