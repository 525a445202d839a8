import type { Address } from '../address.ts'
import { readAddress } from '../address.ts'
import type { Hex } from '../bytes.ts'
import { fromHex, toHex } from '../bytes.ts'
import { malformed } from '../failure.ts'
import { at, readBytes, readInteger, readList, readRecord, readText } from '../read.ts'
import type { SignedStatement } from '../statement/statement.ts'
import { packLeaf, packStatement, parseLeaf, parseStatement } from '../statement/statement.ts'
import type { Leaf } from '../statement/sum-tree.ts'
import { MAX_DEPTH } from '../statement/sum-tree.ts'
import type { Wei } from '../wei.ts'
import { readWei } from '../wei.ts'
import type { Cashout } from './cashout.ts'
import { packCashout, parseCashout } from './cashout.ts'
import type { Opening } from './opening.ts'
import { packOpening, parseOpening } from './opening.ts'

/** A leaf of a posted epoch, with its proof. */
export type ProvenLeaf = {
  readonly jobId: Hex
  readonly epoch: number
  readonly leaf: Leaf
  readonly proof: Uint8Array
}

/** A cash-out as its account has signed it. The relayer fills in its fee. */
export type RelayedCashout = {
  readonly cashout: Cashout
  readonly signature: Uint8Array
  readonly leaves: readonly ProvenLeaf[]
}

/**
 * A call of the escrow that somebody without gas asks a relayer to send. Everything that matters in it is signed, so that the
 * relayer can change nothing: it can send it or not.
 */
export type RelayedCall =
  /** Several of one token to one address are paid in one sum. */
  | { readonly kind: 'cashout'; readonly cashouts: readonly RelayedCashout[] }
  | { readonly kind: 'claim'; readonly leaves: readonly ProvenLeaf[] }
  | { readonly kind: 'post'; readonly opening: Opening; readonly signed: SignedStatement }
  /** `consent` is the account's signature of `Help` with this `helper` and `fee`; without a fee it is empty. */
  | {
      readonly kind: 'challenge'
      readonly opening: Opening
      readonly signed: SignedStatement
      readonly leaf: Leaf
      readonly proof: Uint8Array
      readonly helper: Address
      readonly fee: Wei
      readonly consent: Uint8Array
    }
  | { readonly kind: 'resolve'; readonly jobId: Hex; readonly account: Address }

/** The most cash-outs in one call, and the most leaves in one call: with them it stays well below the gas of a block. */
export const MAX_CASHOUTS = 64
export const MAX_LEAVES = 128

/** The bytes of one level of a proof. */
export const LEVEL_BYTES = 44
/** A contract's signature (ERC-1271) may be longer than a key's. */
const SIGNATURE_BYTES = [0, 1024] as const

/** A call as plain values for a frame. */
export function packCall(call: RelayedCall): unknown {
  switch (call.kind) {
    case 'cashout':
      return { kind: call.kind, cashouts: call.cashouts.map(packOrder) }
    case 'claim':
      return { kind: call.kind, leaves: call.leaves.map(packProven) }
    case 'post':
      return { kind: call.kind, opening: packOpening(call.opening), signed: packStatement(call.signed) }
    case 'challenge':
      return {
        ...call,
        opening: packOpening(call.opening),
        signed: packStatement(call.signed),
        leaf: packLeaf(call.leaf),
        fee: call.fee.toString(),
      }
    case 'resolve':
      return { ...call, jobId: fromHex(call.jobId) }
  }
}

/** Reads what `packCall` wrote. Throws `malformed` with the field's path. */
export function parseCall(value: unknown, path = 'call'): RelayedCall {
  const fields = ['kind', 'cashouts', 'leaves', 'opening', 'signed', 'leaf', 'proof']
  const record = readRecord(value, path, [...fields, 'helper', 'fee', 'consent', 'jobId', 'account'])
  const kind = readText(record.kind, at(path, 'kind'), 20)
  if (kind === 'cashout') return parseOrders(record, path)
  if (kind === 'claim') return { kind, leaves: parseLeaves(record.leaves, at(path, 'leaves')) }
  if (kind === 'resolve') {
    const jobId = toHex(readBytes(record.jobId, at(path, 'jobId'), 32))
    return { kind, jobId, account: readAddress(record.account, at(path, 'account')) }
  }
  if (kind !== 'post' && kind !== 'challenge')
    throw malformed(at(path, 'kind'), 'one of cashout, claim, post, challenge, resolve', kind)
  const opening = parseOpening(record.opening, at(path, 'opening'))
  const signed = parseStatement(record.signed, at(path, 'signed'))
  if (kind === 'post') return { kind, opening, signed }
  return {
    ...{ kind, opening, signed },
    leaf: parseLeaf(record.leaf, at(path, 'leaf')),
    proof: readProof(record.proof, at(path, 'proof')),
    helper: readAddress(record.helper, at(path, 'helper')),
    fee: readWei(record.fee, at(path, 'fee')),
    consent: readBytes(record.consent, at(path, 'consent'), SIGNATURE_BYTES),
  }
}

function packOrder({ cashout, signature, leaves }: RelayedCashout): unknown {
  return { cashout: packCashout(cashout), signature, leaves: leaves.map(packProven) }
}

/** The orders of one call are of one token and to one address, as the escrow demands, and hold at most `MAX_LEAVES` together. */
function parseOrders(record: Record<string, unknown>, path: string): RelayedCall {
  const place = at(path, 'cashouts')
  const cashouts = readList(record.cashouts, place, { max: MAX_CASHOUTS, read: parseOrder })
  const [first] = cashouts
  if (first === undefined) throw malformed(place, 'at least one cash-out')
  for (const [index, { cashout }] of cashouts.entries()) {
    if (cashout.to !== first.cashout.to)
      throw malformed(`${place}[${index}].cashout.to`, `${first.cashout.to}, as the first one`, cashout.to)
    if (cashout.token !== first.cashout.token)
      throw malformed(`${place}[${index}].cashout.token`, `${first.cashout.token}, as the first one`)
  }
  const count = cashouts.reduce((sum, { leaves }) => sum + leaves.length, 0)
  if (count > MAX_LEAVES) throw malformed(place, `at most ${MAX_LEAVES} leaves together`, count)
  return { kind: 'cashout', cashouts }
}

function parseOrder(value: unknown, path: string): RelayedCashout {
  const record = readRecord(value, path, ['cashout', 'signature', 'leaves'])
  return {
    cashout: parseCashout(record.cashout, at(path, 'cashout')),
    signature: readBytes(record.signature, at(path, 'signature'), SIGNATURE_BYTES),
    leaves: parseLeaves(record.leaves, at(path, 'leaves')),
  }
}

function packProven({ jobId, epoch, leaf, proof }: ProvenLeaf): unknown {
  return { jobId: fromHex(jobId), epoch, leaf: packLeaf(leaf), proof }
}

/** An order without leaves can pay a credit, but no relayer can tell what it brings: one leaf at least. */
function parseLeaves(value: unknown, path: string): ProvenLeaf[] {
  const leaves = readList(value, path, { max: MAX_LEAVES, read: parseProven })
  if (leaves.length === 0) throw malformed(path, 'at least one leaf')
  return leaves
}

function parseProven(value: unknown, path: string): ProvenLeaf {
  const record = readRecord(value, path, ['jobId', 'epoch', 'leaf', 'proof'])
  return {
    jobId: toHex(readBytes(record.jobId, at(path, 'jobId'), 32)),
    epoch: readInteger(record.epoch, at(path, 'epoch'), [0, 2 ** 32 - 1]),
    leaf: parseLeaf(record.leaf, at(path, 'leaf')),
    proof: readProof(record.proof, at(path, 'proof')),
  }
}

function readProof(value: unknown, path: string): Uint8Array {
  const proof = readBytes(value, path, [0, LEVEL_BYTES * MAX_DEPTH])
  if (proof.length % LEVEL_BYTES !== 0) throw malformed(path, `a multiple of ${LEVEL_BYTES} bytes`, proof)
  return proof
}
