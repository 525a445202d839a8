import type { Hex } from '../bytes.ts'
import type { Wei } from '../wei.ts'
import type { Domain } from './domain.ts'
import { digestOfStruct } from './domain.ts'

/** An epoch that payees force in place of a silent settler. Signed by each of them. */
export type Forced = {
  readonly jobId: Hex
  /** `FIRST_FORCED` and up: forced epochs take no number from the settler's. */
  readonly epoch: number
  readonly depth: number
  readonly total: Wei
  readonly root: Hex
  readonly dataHash: Hex
}

/** The settler's word against a forced epoch. */
export type Veto = { readonly jobId: Hex; readonly epoch: number; readonly root: Hex }

/** The number of a job's first forced epoch. */
export const FIRST_FORCED = 2 ** 31

const FORCED = [
  { name: 'jobId', type: 'bytes32' },
  { name: 'epoch', type: 'uint256' },
  { name: 'depth', type: 'uint256' },
  { name: 'total', type: 'uint256' },
  { name: 'root', type: 'bytes32' },
  { name: 'dataHash', type: 'bytes32' },
] as const

const VETO = [
  { name: 'jobId', type: 'bytes32' },
  { name: 'epoch', type: 'uint256' },
  { name: 'root', type: 'bytes32' },
] as const

/** A forced epoch in the escrow's words. */
export function wordsOfForced(forced: Forced) {
  return { ...forced, epoch: BigInt(forced.epoch), depth: BigInt(forced.depth) }
}

/** A veto in the escrow's words. */
export function wordsOfVeto(veto: Veto) {
  return { ...veto, epoch: BigInt(veto.epoch) }
}

/** The EIP-712 digest that the payees of a quorum sign. */
export function hashForced(forced: Forced, domain: Domain): Uint8Array {
  return digestOfStruct('Forced', { fields: FORCED, values: wordsOfForced(forced) }, domain)
}

/** The EIP-712 digest that the settler signs against it. */
export function hashVeto(veto: Veto, domain: Domain): Uint8Array {
  return digestOfStruct('Veto', { fields: VETO, values: wordsOfVeto(veto) }, domain)
}
