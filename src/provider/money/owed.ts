import type { Exposure } from '../../market/exposure.ts'
import type { Digest } from '../../protocol/bytes.ts'
import type { Wei } from '../../protocol/wei.ts'

/** `isDoubtful`: it may not have arrived, so that an acceptance of the unit may be of another provider's result. */
type Delivered = { readonly digest: Digest; accepted: boolean; isDoubtful: boolean }

/** What a publisher owes this provider for one job: every delivered result, until it is signed for or justly rejected. */
export class Owed {
  readonly #price: Wei
  readonly #delivered = new Map<number, Delivered>()
  #undecided = 0
  #workMs = 0
  /** Doubtful results whose unit was decided. Each result that is signed for later forgives one: a publisher that lies pays for it. */
  #lost = 0
  /** Accepted results that had arrived beyond doubt. */
  #certain: number
  #signed: bigint
  #unsignedSince: number | undefined
  accepted: number
  rejected = 0
  delivered = 0

  /** `accepted` and `signed` are what an earlier visit left. */
  constructor(price: Wei, { accepted, signed }: { readonly accepted: number; readonly signed: bigint }) {
    this.#price = price
    this.accepted = accepted
    this.#certain = accepted
    this.#signed = signed
  }

  /** What the newest statement says was earned over the whole job. */
  get signed(): bigint {
    return this.#signed
  }

  /** Notes a delivery. A unit that is delivered again had not arrived the first time. */
  deliver(unit: number, digest: Digest, unitMs: number): void {
    this.#forget(unit)
    this.#delivered.set(unit, { digest, accepted: false, isDoubtful: false })
    this.#undecided += 1
    this.delivered += 1
    this.#workMs += unitMs
  }

  /** The digest that was delivered for a unit. */
  digestOf(unit: number): Digest | undefined {
    return this.#delivered.get(unit)?.digest
  }

  /** Notes an acceptance; true when it is of our own result. A different output is not yet a rejection: that needs evidence. */
  accept(unit: number, digest: Digest, nowMs: number): boolean {
    const entry = this.#delivered.get(unit)
    if (entry === undefined || entry.accepted) return false
    if (entry.isDoubtful) {
      this.#delivered.delete(unit)
      this.#undecided -= 1
      this.#lost += 1
    }
    if (entry.digest !== digest) return false
    this.accepted += 1
    if (entry.isDoubtful) return true
    entry.accepted = true
    this.#undecided -= 1
    this.#certain += 1
    if (this.#unsignedUnits > 0) this.#unsignedSince ??= nowMs
    return true
  }

  /** Strikes out a result whose rejection is justified. */
  reject(unit: number): void {
    const entry = this.#delivered.get(unit)
    if (entry === undefined || entry.accepted) return
    this.#delivered.delete(unit)
    this.#undecided -= 1
    this.rejected += 1
  }

  /** Notes that what is not decided may not have arrived: one unit, or all when the connection ended. */
  doubt(unit?: number): void {
    const entries = unit === undefined ? this.#delivered.values() : [this.#delivered.get(unit)]
    for (const entry of entries) if (entry !== undefined) entry.isDoubtful = !entry.accepted
    if (unit === undefined || this.#delivered.get(unit)?.accepted !== true) return
    this.#delivered.delete(unit)
    this.#certain -= 1
    this.#lost += 1
    if (this.#unsignedUnits === 0) this.#unsignedSince = undefined
  }

  #forget(unit: number): void {
    const entry = this.#delivered.get(unit)
    if (entry === undefined || entry.accepted) return
    this.#delivered.delete(unit)
    this.#undecided -= 1
    this.delivered -= 1
  }

  /** Notes what a valid statement says was earned over the whole job. */
  sign(earned: Wei, nowMs: number): void {
    if (earned <= this.#signed) return
    if (this.#price > 0n) this.#lost = Math.max(0, this.#lost - Number((earned - this.#signed) / this.#price))
    this.#signed = earned
    this.#unsignedSince = this.#unsignedUnits > 0 ? nowMs : undefined
  }

  get exposure(): Exposure {
    const units = this.#undecided + this.#lost + this.#unsignedUnits
    const unitMs = this.#workMs / Math.max(1, this.delivered)
    return { units, workMs: units * unitMs, oldestAt: this.#unsignedSince }
  }

  /** Accepted results beyond what is signed. Where several tabs share a payee, a statement covers more than our own. */
  get #unsignedUnits(): number {
    if (this.#price === 0n) return 0
    return Math.max(0, this.#certain - Number(this.#signed / this.#price))
  }
}
