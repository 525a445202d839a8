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

/** Programs are looked into when nobody has typed for so long. */
const CHECK_MS = 400

/** What is to be published, what it pays in, and what is laid down for it now. */
export class Order {
  readonly payIn = new PayIn((address) => this.#publishing.publisher.token(address))
  made = $state.raw<Draft | Problem>()
  budget = $state('')
  isBusy = $state(false)
  #refusal = $state.raw<Problem>()
  /** The last draft that the publisher has checked, and what it found. */
  #checked = $state.raw<{ readonly made: Draft; readonly fault?: Problem }>()
  readonly #publishing: Publishing
  #timer: ReturnType<typeof setTimeout> | undefined
  /** What is wrong with the programs. */
  readonly fault = $derived(this.#checked?.made === this.made ? this.#checked?.fault : undefined)
  readonly complete = $derived(
    this.made !== undefined && 'manifest' in this.made && this.fault === undefined ? this.made : undefined,
  )
  readonly quote = $derived.by(() =>
    this.complete === undefined ? undefined : this.#publishing.publisher.quote(this.complete.manifest),
  )
  readonly isChecking = $derived(this.complete !== undefined && this.#checked?.made !== this.complete)
  readonly #priced = $derived(this.#withMoney())
  readonly #payable = $derived(
    this.#priced !== undefined && 'manifest' in this.#priced && this.payIn.isKnown ? this.#priced : undefined,
  )
  /** What can be published; undefined while something is missing, wrong or not looked into yet. */
  readonly draft = $derived(this.isChecking ? undefined : this.#payable)
  /** What is wrong with the budget. */
  readonly shortage = $derived(
    this.#priced !== undefined && 'text' in this.#priced ? this.#priced : undefined,
  )
  readonly problem = $derived(
    this.made !== undefined && 'text' in this.made ? this.made : (this.fault ?? this.#refusal),
  )
  readonly now: Wei = $derived(this.#payable?.budget ?? this.quote?.budget ?? toWei(0n))

  constructor(publishing: Publishing) {
    this.#publishing = publishing
  }

  take(made: Draft | Problem | undefined): void {
    this.made = made
    this.#refusal = undefined
    clearTimeout(this.#timer)
    if (made !== undefined && 'manifest' in made)
      this.#timer = setTimeout(() => void this.#check(made), CHECK_MS)
  }

  async #check(made: Draft): Promise<void> {
    const fault = await this.#publishing.publisher.check(made).then(() => undefined, problemOf)
    if (this.made === made) this.#checked = fault === undefined ? { made } : { made, fault }
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
