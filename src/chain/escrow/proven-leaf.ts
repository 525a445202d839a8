import type { Hex } from '../../protocol/bytes.ts'
import { toHex } from '../../protocol/bytes.ts'
import type { ProvenLeaf } from '../../protocol/escrow/relayed-call.ts'
import type { Leaf } from '../../protocol/statement/sum-tree.ts'

/** An epoch of a job. */
export type EpochName = { readonly jobId: Hex; readonly epoch: number }

/** A leaf in the escrow's words. */
export function wordsOfLeaf(leaf: Leaf) {
  return { ...leaf, index: BigInt(leaf.index) }
}

/** A proven leaf in the escrow's words. */
export function wordsOfProven({ jobId, epoch, leaf, proof }: ProvenLeaf) {
  return { jobId, epoch: BigInt(epoch), leaf: wordsOfLeaf(leaf), proof: toHex(proof) }
}
