import type { Address } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import type { Wei } from '../../protocol/wei.ts'

/** Under this name the store keeps what is known of cash-outs. */
export const CASH_OUTS = 'cash-outs'

/** What a visitor can take now. */
export type CashOutOffer = {
  /** `cashout` goes to any address; `claim` goes to `payee`, whose key is elsewhere. */
  readonly kind: 'cashout' | 'claim'
  readonly amount: Wei
  /** What the relay keeps of it. */
  readonly fee: Wei
  readonly payee: Address
}

/** What a visitor wants: what of the token, or of the coin, is claimable goes to `to`, for a fee of at most `maxFee`. */
export type CashOutWish = { readonly to: Address; readonly maxFee: Wei; readonly token: Address }

/** A cash-out that a relay has sent and that does not count yet. */
export type CashOutView = {
  readonly hash: Hex
  readonly to: Address
  readonly token: Address
  readonly amount: Wei
  readonly fee: Wei
}

/** What has arrived, and what the relay kept. */
export type CashOutDone = { readonly hash: Hex; readonly amount: Wei; readonly fee: Wei }
