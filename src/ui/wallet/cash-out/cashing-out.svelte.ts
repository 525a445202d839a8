import type { Address } from '../../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../../protocol/address.ts'
import type { CashOutDone, CashOutOffer } from '../../../provider/cash-out/cash-out.ts'
import type { TabProvider } from '../../../provider/state.ts'
import { type Problem, problemOf } from '../../publish/problem.ts'
import { readReceiver } from '../send/send-form.ts'

/** What the section asks of a provider. */
export type CashOutWays = Pick<TabProvider, 'quoteCashOut' | 'cashOut' | 'exportClaim'>

/** Two addresses that money is not cashed out to by mistake. */
export type Places = { readonly own: Address; readonly escrow: Address }

/** What a visitor does to have earned money paid out. */
export class CashingOut {
  to = $state('')
  /** What is cashed out; the zero address is the chain's own coin. */
  token = $state.raw<Address>(ZERO_ADDRESS)
  offer = $state.raw<CashOutOffer>()
  problem = $state.raw<Problem>()
  done = $state.raw<CashOutDone>()
  isAsking = $state(false)
  isBusy = $state(false)
  readonly #provider: CashOutWays
  readonly #places: Places

  constructor(provider: CashOutWays, places: Places) {
    this.#provider = provider
    this.#places = places
  }

  /** Chooses what is cashed out. */
  async choose(token: Address): Promise<void> {
    if (this.isBusy || token === this.token) return
    this.token = token
    this.offer = undefined
    this.done = undefined
    await this.ask()
  }

  /** Asks what can be cashed out now, and for which fee; an answer about what is not chosen any more is dropped. */
  async ask(): Promise<void> {
    if (this.isAsking || this.isBusy) return
    this.isAsking = true
    const { token } = this
    const beside = this.problem?.path === 'to' ? this.problem : undefined
    await this.#try(async () => {
      const offer = await this.#provider.quoteCashOut(token)
      if (token === this.token) this.offer = offer
      this.problem = beside // new figures do not mend the address
    })
    this.isAsking = false
    if (token !== this.token) await this.ask()
  }

  /** Cashes out for the fee that is shown; whatever is wrong is told beside its field. */
  async go(): Promise<void> {
    const { offer } = this
    if (offer === undefined || this.isBusy) return
    this.isBusy = true
    this.done = undefined
    await this.#try(async () => {
      const to = offer.kind === 'claim' ? offer.payee : readReceiver(this.to, this.#places)
      this.done = await this.#provider.cashOut({ to, maxFee: offer.fee, token: this.token })
      this.offer = undefined
    })
    this.isBusy = false
    if (this.done !== undefined) await this.ask() // more may have become final meanwhile
  }

  /** The transaction for whoever has gas; undefined where there is none, and the problem says why. */
  async exportClaim(): Promise<string | undefined> {
    let claim: string | undefined
    await this.#try(async () => {
      claim = await this.#provider.exportClaim()
    })
    return claim
  }

  async #try(what: () => Promise<void>): Promise<void> {
    try {
      this.problem = undefined
      await what()
    } catch (error) {
      const { path, text } = problemOf(error)
      const isField = path === 'to'
      this.problem = { path: isField ? path : '', text: isField ? text.slice('to: '.length) : text }
    }
  }
}
