import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import type { Leaf } from '../protocol/statement/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import type { OnChain } from './book.ts'

/** A leaf to claim, with its proof. */
export type Due = { readonly leaf: Leaf; readonly proof: Uint8Array }

/** The calls of the escrow that settling makes. */
export type EscrowPort = {
  post(signed: SignedStatement): Promise<Hex>
  /** What a post costs now; undefined where that cannot be compared with what the job pays. */
  postCost(): Promise<Wei | undefined>
  /** Pays leaves, and names the accounts that refused their money: it is their credit now. */
  claim(
    epoch: number,
    leaves: readonly Due[],
  ): Promise<{ readonly transaction: Hex; readonly credited: readonly Address[] }>
  /** What is posted of an epoch; undefined while nothing is. */
  posted(epoch: number): Promise<Posted | undefined>
  /** Which of these leaves of an epoch are paid, in their order. */
  areClaimed(epoch: number, indexes: readonly number[]): Promise<readonly boolean[]>
}

/** What the chain holds of an epoch. */
export type Posted = OnChain & {
  readonly root: Hex
  /** What of it is paid. */
  readonly claimed: Wei
  /** The seconds until it is final; zero or less when it is. */
  readonly leftSeconds: number
}

/** A leaf that was seen to be claimed, whoever did it. */
export type SeenClaim = { readonly epoch: number; readonly index: number; readonly transaction: Hex }

/** Whether the settler claims final leaves for their payees, or leaves that to them. */
export type Claims = 'all' | 'none'
