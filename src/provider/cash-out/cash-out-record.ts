import type { Address } from '../../protocol/address.ts'
import { readAddress } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import type { Cashout } from '../../protocol/escrow/cashout.ts'
import { packCashout, parseCashout } from '../../protocol/escrow/cashout.ts'
import { MAX_LEAVES } from '../../protocol/escrow/relayed-call.ts'
import { at, readBytes, readInteger, readList, readRecord } from '../../protocol/read.ts'
import { packLeaf, parseLeaf } from '../../protocol/statement/statement.ts'
import type { Leaf } from '../../protocol/statement/sum-tree.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import { CASH_OUTS } from './cash-out.ts'

/** A leaf that a cash-out pays. */
export type SpentLeaf = { readonly jobId: Hex; readonly epoch: number; readonly leaf: Leaf }

/** An order that was signed and whose end is not known: written down before it is signed. */
export type SignedOrder = {
  readonly cashout: Cashout
  readonly leaves: readonly SpentLeaf[]
  /** The transaction in which a relay sent it; undefined while none has. */
  readonly hash: Hex | undefined
}

/** All that is kept of cash-outs on one chain. */
export type CashOutRecord = {
  readonly orders: readonly SignedOrder[]
  /** The next nonce of each account that cashed out here. */
  readonly nonces: ReadonlyMap<Address, number>
}

const MAX_ORDERS = 1_000

/** What the leaves of an order add up to. */
export function sumOf(leaves: readonly Pick<SpentLeaf, 'leaf'>[]): Wei {
  return toWei(leaves.reduce((sum, { leaf }) => sum + leaf.amount, 0n))
}

/** The record as plain values for the store. */
export function packCashOuts({ orders, nonces }: CashOutRecord): unknown {
  const leafOf = ({ jobId, epoch, leaf }: SpentLeaf): unknown => ({
    jobId: fromHex(jobId),
    epoch,
    leaf: packLeaf(leaf),
  })
  return {
    orders: orders.map(({ cashout, leaves, hash }) => ({
      cashout: packCashout(cashout),
      leaves: leaves.map(leafOf),
      ...(hash && { hash: fromHex(hash) }),
    })),
    nonces: [...nonces].map(([account, next]) => ({ account, next })),
  }
}

/** Reads what `packCashOuts` wrote. Throws `malformed` with the field's path. */
export function parseCashOuts(value: unknown): CashOutRecord {
  const path = CASH_OUTS
  const record = readRecord(value, path, ['orders', 'nonces'])
  const nonces = readList(record.nonces, at(path, 'nonces'), { max: MAX_ORDERS, read: parseNonce })
  return {
    orders: readList(record.orders, at(path, 'orders'), { max: MAX_ORDERS, read: parseOrder }),
    nonces: new Map(nonces),
  }
}

function parseNonce(value: unknown, path: string): [Address, number] {
  const record = readRecord(value, path, ['account', 'next'])
  const next = readInteger(record.next, at(path, 'next'), [0, Number.MAX_SAFE_INTEGER])
  return [readAddress(record.account, at(path, 'account')), next]
}

function parseOrder(value: unknown, path: string): SignedOrder {
  const record = readRecord(value, path, ['cashout', 'leaves', 'hash'])
  const hash = record.hash === undefined ? undefined : toHex(readBytes(record.hash, at(path, 'hash'), 32))
  return {
    cashout: parseCashout(record.cashout, at(path, 'cashout')),
    leaves: readList(record.leaves, at(path, 'leaves'), { max: MAX_LEAVES, read: parseSpent }),
    hash,
  }
}

function parseSpent(value: unknown, path: string): SpentLeaf {
  const record = readRecord(value, path, ['jobId', 'epoch', 'leaf'])
  return {
    jobId: toHex(readBytes(record.jobId, at(path, 'jobId'), 32)),
    epoch: readInteger(record.epoch, at(path, 'epoch'), [0, 2 ** 32 - 1]),
    leaf: parseLeaf(record.leaf, at(path, 'leaf')),
  }
}
