import type { Earned } from '../../chain/wallet-payments.ts'
import type { Address } from '../../protocol/address.ts'
import type { SentPayment } from './sent.ts'

/** One line of the history: what the escrow paid, or what was sent from here. */
export type ListedPayment = { readonly key: string } & (
  | SentPayment
  | (Omit<Earned, 'account'> & {
      readonly kind: 'earned'
      readonly state: 'done'
      readonly other: Address
      readonly fee: undefined
      readonly why: ''
    })
)

/** Joins what the chain and what this browser knows, the newest first. */
export function listPayments(earned: readonly Earned[], sent: readonly SentPayment[]): ListedPayment[] {
  const fromEscrow = earned.map(
    ({ account: other, ...same }): ListedPayment => ({
      ...same,
      key: `${same.hash} ${same.jobId} ${same.epoch} ${other}`,
      kind: 'earned',
      state: 'done',
      other,
      fee: undefined,
      why: '',
    }),
  )
  const own = sent.map((payment): ListedPayment => ({ ...payment, key: payment.hash }))
  return [...fromEscrow, ...own].sort((a, b) => b.at - a.at)
}
