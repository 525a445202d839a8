import type { External, ExternalView } from '../../../chain/external.ts'
import type { Address } from '../../../protocol/address.ts'
import { reason } from '../../../protocol/failure.ts'
import type { Wei } from '../../../protocol/wei.ts'

/** Opens the way to the wallets of this browser; their code is fetched by it. */
export type OpenExternal = (onView: (view: ExternalView) => void) => Promise<External>

/** The wallets beside this page: found when the visitor asks for them. */
export class Outside {
  view = $state.raw<ExternalView>()
  balance = $state.raw<Wei>()
  /** What the wallet or the chain said no to; empty when nothing. */
  why = $state('')
  isBusy = $state(false)
  readonly account = $derived(this.view?.connected?.account)
  readonly #open: OpenExternal
  readonly #balanceOf: (account: Address) => Promise<Wei>
  #external: External | undefined

  constructor(open: OpenExternal, balanceOf: (account: Address) => Promise<Wei>) {
    this.#open = open
    this.#balanceOf = balanceOf
  }

  /** Does one thing with the wallets, one at a time; tells whether it was done. */
  async ask(what: (external: External) => Promise<unknown>): Promise<boolean> {
    if (this.isBusy) return false
    this.isBusy = true
    this.why = ''
    try {
      this.#external ??= await this.#open((view) => {
        this.view = view
      })
      await what(this.#external)
      await this.refresh()
      return true
    } catch (error) {
      this.why = reason(error)
      return false
    } finally {
      this.isBusy = false
    }
  }

  /** Asks the page's chain what the connected account holds there; it stays as last known while the chain is silent. */
  async refresh(): Promise<void> {
    const { account } = this
    this.balance =
      account === undefined ? undefined : await this.#balanceOf(account).catch(() => this.balance)
  }
}
