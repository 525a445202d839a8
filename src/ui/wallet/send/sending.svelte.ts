import type { Fee } from '../../../chain/wallet.ts'
import type { Address } from '../../../protocol/address.ts'
import { type Problem, problemOf } from '../../publish/problem.ts'
import type { Wallet } from '../wallet.svelte.ts'
import { readReceiver, readSend } from './send-form.ts'

/** The form that sends coins from the account that the wallet shows. */
export class Sending {
  to = $state('')
  amount = $state('')
  isAll = $state(false)
  fee = $state.raw<Fee>()
  problem = $state.raw<Problem>()
  isBusy = $state(false)
  isSent = $state(false)
  readonly #wallet: Wallet

  constructor(wallet: Wallet) {
    this.#wallet = wallet
  }

  /** Asks what a payment to the address costs now, if it is one. */
  async quote(): Promise<void> {
    this.isSent = false
    await this.#try(async () => {
      this.fee = undefined
      if (this.to.trim() !== '') this.fee = await this.#wallet.opened?.quote(this.#receiver())
    })
  }

  /** Sends what is filled in; whatever is wrong is told beside its field, and nothing is sent then. */
  async send(): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    this.isSent = false
    await this.#try(async () => {
      const { opened, network } = this.#wallet
      if (opened === undefined) return
      const to = this.#receiver()
      const [fee, balance] = await Promise.all([opened.quote(to), opened.balance()])
      this.fee = fee
      await this.#wallet.send(readSend(this, to, { balance, fee, currency: network.currency }))
      ;[this.to, this.amount, this.isAll, this.fee, this.isSent] = ['', '', false, undefined, true]
    })
    this.isBusy = false
  }

  #receiver(): Address {
    const { opened, network } = this.#wallet
    return readReceiver(this.to, { own: opened?.account ?? network.escrow, escrow: network.escrow })
  }

  async #try(what: () => Promise<void>): Promise<void> {
    try {
      this.problem = undefined
      await what()
    } catch (error) {
      this.problem = plain(problemOf(error))
    }
  }
}

/** The name of the field stands beside it already. */
function plain({ path, text }: Problem): Problem {
  return { path, text: path === '' ? text : text.slice(path.length + 2) }
}
