import type { Address } from '../address.ts'
import { readAddress } from '../address.ts'
import { at, readInteger, readRecord, readWord } from '../read.ts'
import { MAX_DEPTH } from '../statement/sum-tree.ts'
import type { ProvenLeaf, RelayedCall } from './relayed-call.ts'
import { LEVEL_BYTES, MAX_CASHOUTS, MAX_LEAVES } from './relayed-call.ts'

/** What a relayer must know of a call to name its fee: what it does, in what it is paid, and how large it is. */
export type CallOutline = {
  readonly kind: RelayedCall['kind']
  /** The token of the fee; the zero address is the chain's own coin. */
  readonly token: Address
  readonly cashouts: number
  readonly leaves: number
  /** The levels of all proofs together. */
  readonly levels: number
}

const KINDS = ['cashout', 'claim', 'post', 'challenge', 'resolve'] as const

/** The outline of a call about jobs of this token. */
export function outlineOf(call: RelayedCall, token: Address): CallOutline {
  const cashouts = call.kind === 'cashout' ? call.cashouts.length : 0
  const leaves = leavesOf(call)
  const proofs = call.kind === 'challenge' ? [call.proof] : leaves.map(({ proof }) => proof)
  const levels = proofs.reduce((sum, proof) => sum + proof.length / LEVEL_BYTES, 0)
  return { kind: call.kind, token, cashouts, leaves: leaves.length, levels }
}

/** All leaves that a call pays. */
export function leavesOf(call: RelayedCall): readonly ProvenLeaf[] {
  if (call.kind === 'cashout') return call.cashouts.flatMap(({ leaves }) => leaves)
  return call.kind === 'claim' ? call.leaves : []
}

/** Reads an outline, which is plain values itself. Throws `malformed` with the field's path. */
export function parseOutline(value: unknown, path = 'outline'): CallOutline {
  const record = readRecord(value, path, ['kind', 'token', 'cashouts', 'leaves', 'levels'])
  const count = (name: string, max: number): number => readInteger(record[name], at(path, name), [0, max])
  return {
    kind: readWord(record.kind, at(path, 'kind'), { words: KINDS }),
    token: readAddress(record.token, at(path, 'token')),
    cashouts: count('cashouts', MAX_CASHOUTS),
    leaves: count('leaves', MAX_LEAVES),
    levels: count('levels', MAX_LEAVES * MAX_DEPTH),
  }
}
