import type { Fee, Transfer } from '../../chain/wallet.ts'
import type { Earned, EarnedSince } from '../../chain/wallet-payments.ts'
import type { Address } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { reason } from '../../protocol/failure.ts'
import type { Network } from '../../protocol/network.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { TabRole } from '../../provider/tab-account.ts'
import { noteSent, type SentPayment } from './sent.ts'

/** A transaction under way; with its bytes it can be sent again. */
export type Underway = { readonly hash: Hex; readonly transaction?: Hex }

/** One account of this browser, and what can be done with it. */
export type OpenAccount = {
  readonly account: Address
  balance(): Promise<Wei>
  earned(payees: readonly Address[]): Promise<EarnedSince>
  /** What the escrow keeps for the account because it refused coins once, or had some left over. */
  credit(): Promise<Wei>
  takeCredit(): Promise<void>
  quote(to: Address): Promise<Fee>
  send(transfer: Transfer): Promise<Required<Underway>>
  /** Waits until a payment counts; resolves with what it cost. */
  settle(payment: Underway): Promise<Wei>
  readSent(): readonly SentPayment[]
  keepSent(payments: readonly SentPayment[]): void
  exportKey(): Promise<string>
  importKey(text: string): Promise<void>
}

/** The wallet of this browser, as its page sees it. */
export class Wallet {
  role = $state<TabRole>('provider')
  opened = $state.raw<OpenAccount>()
  balance = $state.raw<Wei>()
  credit = $state.raw<Wei>()
  sent = $state.raw<readonly SentPayment[]>([])
  earned = $state.raw<readonly Earned[]>([])
  /** The block from which on payments are listed. */
  fromBlock = $state(0n)
  /** Why the chain could not be asked; empty while it answers. */
  trouble = $state('')
  readonly transit = $derived(
    toWei(this.sent.reduce((sum, { state, amount }) => sum + (state === 'transit' ? amount : 0n), 0n)),
  )
  readonly network: Network
  readonly #open: (role: TabRole) => Promise<OpenAccount>
  /** The payments that are waited for, by their hashes. */
  readonly #awaited = new Set<Hex>()

  constructor(network: Network, open: (role: TabRole) => Promise<OpenAccount>) {
    this.network = network
    this.#open = open
  }

  /** Shows one of the two accounts, and goes on waiting for what it has under way. Throws `storage`. */
  async choose(role: TabRole): Promise<void> {
    const opened = await this.#open(role)
    this.role = role
    this.opened = opened
    this.balance = undefined
    this.credit = undefined
    this.earned = []
    this.sent = opened.readSent()
    for (const payment of this.sent) if (payment.state === 'transit') void this.#follow(opened, payment)
    await this.refresh()
  }

  /** Asks the chain for the balance and for what was paid to the account or to `payee`. */
  async refresh(payee?: Address): Promise<void> {
    const { opened } = this
    if (opened === undefined) return
    try {
      const payees = [...new Set([opened.account, payee ?? opened.account])]
      const [balance, credit, { earned, fromBlock }] = await Promise.all([
        opened.balance(),
        opened.credit(),
        opened.earned(payees),
      ])
      if (this.opened !== opened) return
      this.balance = balance
      this.credit = credit
      this.earned = earned
      this.fromBlock = fromBlock
      this.trouble = ''
    } catch (error) {
      this.trouble = reason(error)
    }
  }

  /** Sends coins; resolves when they are on their way. Throws `refused` or `unreachable`. */
  async send(transfer: Transfer): Promise<void> {
    const { opened } = this
    if (opened === undefined) return
    const { hash, transaction } = await opened.send(transfer)
    const { to: other, amount } = transfer
    this.#begin(opened, { ...started('sent'), other, amount, hash, transaction })
  }

  /** Takes what the escrow keeps for the account. Throws `refused`, `reverted` or `unreachable`. */
  async takeCredit(): Promise<void> {
    await this.opened?.takeCredit()
    await this.refresh()
  }

  /** Notes coins that a wallet has sent to this account. */
  note({ from: other, amount, hash }: { from: Address; amount: Wei; hash: Hex }): void {
    if (this.opened !== undefined)
      this.#begin(this.opened, { ...started('funded'), other, amount, hash, transaction: undefined })
  }

  #begin(opened: OpenAccount, payment: SentPayment): void {
    this.#keep(opened, payment)
    void this.#follow(opened, payment)
  }

  async #follow(opened: OpenAccount, payment: SentPayment): Promise<void> {
    const { hash, transaction } = payment
    if (this.#awaited.has(hash)) return
    this.#awaited.add(hash)
    try {
      const cost = await opened.settle({ hash, ...(transaction === undefined ? {} : { transaction }) })
      const fee = payment.kind === 'sent' ? cost : undefined
      this.#keep(opened, { ...payment, state: 'done', fee, transaction: undefined })
    } catch (error) {
      this.#keep(opened, { ...payment, ...whatNow(error) })
    }
    this.#awaited.delete(hash)
    await this.refresh()
  }

  #keep(opened: OpenAccount, payment: SentPayment): void {
    const sent = noteSent(opened.readSent(), payment)
    if (this.opened === opened) this.sent = sent
    try {
      opened.keepSent(sent)
    } catch (error) {
      this.trouble = reason(error) // the payment is made all the same
    }
  }
}

function started(kind: SentPayment['kind']) {
  return { kind, state: 'transit', fee: undefined, at: Date.now(), why: '' } as const
}

/** Only the chain's own word makes a payment a failed one; a chain that is silent leaves it on its way. */
function whatNow(error: unknown): Pick<SentPayment, 'state' | 'why'> {
  const isReverted = error instanceof Error && 'code' in error && error.code === 'reverted'
  return { state: isReverted ? 'failed' : 'transit', why: reason(error).slice(0, 500) }
}
