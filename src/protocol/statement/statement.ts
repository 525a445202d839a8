import type { PrivateKey } from '../account.ts'
import { signerOf, signHash } from '../account.ts'
import type { Address } from '../address.ts'
import { readAddress } from '../address.ts'
import type { Hex } from '../bytes.ts'
import { fromHex, toHex } from '../bytes.ts'
import type { Domain } from '../escrow/domain.ts'
import { digestOfStruct } from '../escrow/domain.ts'
import { malformed } from '../failure.ts'
import { at, readBoolean, readBytes, readInteger, readRecord } from '../read.ts'
import type { Wei } from '../wei.ts'
import { readWei } from '../wei.ts'
import type { Leaf } from './sum-tree.ts'
import { MAX_DEPTH } from './sum-tree.ts'

/** What the settler promises: the root of a Merkle-sum tree of everything earned in one epoch of a job. */
export type Statement = {
  readonly jobId: Hex
  readonly epoch: number
  /** Rises with each statement of an epoch; a posted one is replaced only by a higher. */
  readonly seq: number
  /** The last statement of its epoch: it may be final at once. */
  readonly isLast: boolean
  readonly depth: number
  readonly total: Wei
  /** Verified units over the whole job. */
  readonly units: number
  readonly root: Hex
  /** SHA-256 of the canonical bytes of `{leaves, verdicts}`. */
  readonly dataHash: Hex
}

export type SignedStatement = { readonly statement: Statement; readonly signature: Uint8Array }

const FIELDS = [
  { name: 'jobId', type: 'bytes32' },
  { name: 'epoch', type: 'uint256' },
  { name: 'seq', type: 'uint256' },
  { name: 'last', type: 'bool' },
  { name: 'depth', type: 'uint256' },
  { name: 'total', type: 'uint256' },
  { name: 'units', type: 'uint256' },
  { name: 'root', type: 'bytes32' },
  { name: 'dataHash', type: 'bytes32' },
] as const

/** A statement in the escrow's words. */
export function wordsOfStatement({ isLast, epoch, seq, depth, units, ...same }: Statement) {
  const counts = { epoch: BigInt(epoch), seq: BigInt(seq), depth: BigInt(depth), units: BigInt(units) }
  return { ...same, ...counts, last: isLast }
}

/** The EIP-712 digest of a statement. */
export function hashStatement(statement: Statement, domain: Domain): Uint8Array {
  return digestOfStruct('Statement', { fields: FIELDS, values: wordsOfStatement(statement) }, domain)
}

/** Signs a statement as the settler. */
export function signStatement(statement: Statement, domain: Domain, key: PrivateKey): SignedStatement {
  return { statement, signature: signHash(hashStatement(statement, domain), key) }
}

/** The account that signed a statement. Throws `malformed`. */
export function statementSigner({ statement, signature }: SignedStatement, domain: Domain): Address {
  return signerOf(hashStatement(statement, domain), signature)
}

/** A signed statement as plain values for a frame or a journal record. */
export function packStatement({ statement, signature }: SignedStatement): unknown {
  return {
    ...statement,
    jobId: fromHex(statement.jobId),
    total: statement.total.toString(),
    root: fromHex(statement.root),
    dataHash: fromHex(statement.dataHash),
    signature,
  }
}

/** Reads what `packStatement` wrote. Throws `malformed` with the field's path. */
export function parseStatement(value: unknown, path = 'statement'): SignedStatement {
  const fields = [
    'jobId',
    'epoch',
    'seq',
    'isLast',
    'depth',
    'total',
    'units',
    'root',
    'dataHash',
    'signature',
  ]
  const record = readRecord(value, path, fields)
  const word = (name: string): Hex => toHex(readBytes(record[name], at(path, name), 32))
  const whole = (name: string, max: number): number => readInteger(record[name], at(path, name), [0, max])
  return {
    statement: {
      jobId: word('jobId'),
      epoch: whole('epoch', 2 ** 31 - 1),
      seq: whole('seq', 2 ** 24 - 1),
      isLast: readBoolean(record.isLast, at(path, 'isLast')),
      depth: whole('depth', MAX_DEPTH),
      total: readWei(record.total, at(path, 'total')),
      units: whole('units', Number.MAX_SAFE_INTEGER),
      root: word('root'),
      dataHash: word('dataHash'),
    },
    signature: readBytes(record.signature, at(path, 'signature'), 65),
  }
}

/** A leaf as plain values for a frame or a journal record. */
export function packLeaf(leaf: Leaf): unknown {
  return {
    account: leaf.account,
    amount: leaf.amount.toString(),
    earned: leaf.earned.toString(),
    index: leaf.index,
  }
}

/** Reads what `packLeaf` wrote. Throws `malformed` with the field's path. */
export function parseLeaf(value: unknown, path = 'leaf'): Leaf {
  const record = readRecord(value, path, ['account', 'amount', 'earned', 'index'])
  const leaf: Leaf = {
    account: readAddress(record.account, at(path, 'account')),
    amount: readWei(record.amount, at(path, 'amount')),
    earned: readWei(record.earned, at(path, 'earned')),
    index: readInteger(record.index, at(path, 'index'), [0, 2 ** 32 - 1]),
  }
  if (leaf.earned < leaf.amount)
    throw malformed(at(path, 'earned'), 'at least the amount of this epoch', leaf.earned)
  return leaf
}
