import type { CashOutView } from './cash-out.ts'
import { CASH_OUTS } from './cash-out.ts'
import type { CashOutParts, CashOuts } from './cash-outs.ts'

/** The cash-outs of a provider; what sends them is fetched when somebody cashes out, or did so before. */
export class LateCashOuts {
  readonly #parts: CashOutParts
  #opened: CashOuts | undefined
  #opening: Promise<CashOuts> | undefined

  private constructor(parts: CashOutParts) {
    this.#parts = parts
  }

  /** Takes up what was under way when the page was closed. Throws `storage` or `malformed`. */
  static async open(parts: CashOutParts): Promise<LateCashOuts> {
    const late = new LateCashOuts(parts)
    if ((await parts.values.get(CASH_OUTS)) !== undefined) await late.get()
    return late
  }

  /** The cash-outs that a relay has sent and that do not count yet. */
  get views(): readonly CashOutView[] {
    return this.#opened?.views ?? []
  }

  /** Lets go of orders that were carried out or that have expired. Throws `unreachable`. */
  async refresh(): Promise<void> {
    await this.#opened?.refresh()
  }

  /** Throws `storage` or `malformed`; asked again it tries again. */
  async get(): Promise<CashOuts> {
    this.#opening ??= this.#open()
    try {
      return await this.#opening
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  async #open(): Promise<CashOuts> {
    const { CashOuts } = await import('./cash-outs.ts')
    const opened = await CashOuts.open(this.#parts)
    this.#opened = opened
    return opened
  }
}
