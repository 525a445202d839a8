import type { Hex } from '../protocol/bytes.ts'
import type { Failure } from '../protocol/failure.ts'
import type { Leaf } from '../protocol/statement/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'

/** What a settler did, or could not do. */
export type SettlerEvent =
  | { readonly kind: 'promised'; readonly total: Wei }
  | { readonly kind: 'posted'; readonly epoch: number; readonly total: Wei; readonly transaction: Hex }
  | {
      readonly kind: 'claimed'
      readonly epoch: number
      readonly leaves: readonly Leaf[]
      /** Undefined when somebody else had claimed them. */
      readonly transaction: Hex | undefined
    }
  /** Accounts that took no coins: the escrow keeps what they were to get as their credit. */
  | { readonly kind: 'credited'; readonly epoch: number; readonly leaves: readonly Leaf[] }
  /** Somebody posted an older statement of an epoch and it became final: what it lacks is promised again in the next epoch. */
  | { readonly kind: 'carried'; readonly epoch: number; readonly missing: Wei }
  /** A reorg removed the epoch's post, or claims of these leaves: they are sent again. */
  | {
      readonly kind: 'lost'
      readonly epoch: number
      readonly isPost: boolean
      readonly leaves: readonly Leaf[]
    }
  | { readonly kind: 'trouble'; readonly failure: Failure }
