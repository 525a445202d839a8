import { reason } from '../../../protocol/failure.ts'
import type { Wei } from '../../../protocol/wei.ts'
import { toWei } from '../../../protocol/wei.ts'
import type { Draft } from '../../../publisher/state.ts'
import { linkTo } from '../../route.ts'
import { withBudget } from '../budget.ts'
import type { Problem } from '../problem.ts'
import { problemOf } from '../problem.ts'
import type { Publishing } from '../publishing.svelte.ts'
import { text } from '../strings.ts'
import { PayIn } from './pay-in.svelte.ts'

/** What is to be published, what it pays in, and what is laid down for it now. */
export class Order {
  readonly payIn = new PayIn((address) => this.#publishing.publisher.token(address))
  made = $state.raw<Draft | Problem>()
  budget = $state('')
  isBusy = $state(false)
  #refusal = $state.raw<Problem>()
  readonly #publishing: Publishing
  readonly complete = $derived(this.made !== undefined && 'manifest' in this.made ? this.made : undefined)
  readonly quote = $derived.by(() =>
    this.complete === undefined ? undefined : this.#publishing.publisher.quote(this.complete.manifest),
  )
  readonly #priced = $derived(this.#withMoney())
  /** What can be published; undefined while something is missing or wrong. */
  readonly draft = $derived(
    this.#priced !== undefined && 'manifest' in this.#priced && this.payIn.isKnown ? this.#priced : undefined,
  )
  /** What is wrong with the budget. */
  readonly shortage = $derived(
    this.#priced !== undefined && 'text' in this.#priced ? this.#priced : undefined,
  )
  readonly problem = $derived(this.made !== undefined && 'text' in this.made ? this.made : this.#refusal)
  readonly now: Wei = $derived(this.draft?.budget ?? this.quote?.budget ?? toWei(0n))

  constructor(publishing: Publishing) {
    this.#publishing = publishing
  }

  take(made: Draft | Problem | undefined): void {
    this.made = made
    this.#refusal = undefined
  }

  async publish(): Promise<void> {
    if (this.draft === undefined) return
    this.isBusy = true
    try {
      const jobId = await this.#publishing.publisher.publish(this.draft)
      location.hash = linkTo({ kind: 'job', jobId })
    } catch (error) {
      this.#refusal = { ...problemOf(error), text: text('failed', { why: reason(error) }) }
    }
    this.isBusy = false
  }

  #withMoney(): Draft | Problem | undefined {
    const { complete, quote, payIn } = this
    if (complete === undefined || quote === undefined) return undefined
    const draft = payIn.token === undefined ? complete : { ...complete, token: payIn.token.address }
    try {
      return withBudget(draft, this.budget, { limits: quote, decimals: payIn.token?.decimals })
    } catch (error) {
      return problemOf(error)
    }
  }
}
