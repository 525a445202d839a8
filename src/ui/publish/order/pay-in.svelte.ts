import { readAddress } from '../../../protocol/address.ts'
import type { HeldToken, Publisher } from '../../../publisher/state.ts'
import type { Problem } from '../problem.ts'
import { problemOf } from '../problem.ts'

/** What a job is to pay in: the chain's coin, or a token that was read and can be kept books of. */
export class PayIn {
  kind = $state<'coin' | 'token'>('coin')
  address = $state('')
  isReading = $state(false)
  read = $state.raw<HeldToken>()
  problem = $state.raw<Problem>()
  readonly token = $derived(this.kind === 'token' ? this.read : undefined)
  /** Whether it is known what the job pays in. */
  readonly isKnown = $derived(this.kind === 'coin' || this.read !== undefined)
  readonly #ask: Publisher['token']
  #asked = 0

  constructor(ask: Publisher['token']) {
    this.#ask = ask
  }

  /** Takes what is typed and reads the token there; an answer that comes after the next one was asked is dropped. */
  async take(address: string): Promise<void> {
    this.#asked += 1
    const asked = this.#asked
    this.address = address
    this.read = undefined
    this.problem = undefined
    this.isReading = true
    let found: HeldToken | Problem
    try {
      found = await this.#ask(readAddress(address.trim(), 'token'))
    } catch (error) {
      found = { path: 'token', text: problemOf(error).text.replace(/^token: /, '') }
    }
    if (asked !== this.#asked) return
    this.isReading = false
    if ('text' in found) this.problem = found
    else this.read = found
  }
}
