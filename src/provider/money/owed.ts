import type { Exposure } from '../../market/exposure.ts'
import type { Digest } from '../../protocol/bytes.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'

const NOTHING = toWei(0n)

/** `isDoubtful`: it may not have arrived, so that an acceptance of the unit may be of another provider's result. */
type Delivered = { readonly digest: Digest; readonly worth: Wei; accepted: boolean; isDoubtful: boolean }
/** A result on its way: how long the unit took, and what it earns when it is accepted. */
type Delivery = { readonly digest: Digest; readonly unitMs: number; readonly worth: Wei }

/** What a publisher owes this provider for one job: every delivered result, until it is signed for or justly rejected. */
export class Owed {
  readonly #delivered = new Map<number, Delivered>()
  #undecided = 0
  #workMs = 0
  /** Doubtful results whose unit was decided. Each result that is signed for later forgives one: a publisher that lies pays for it. */
  #lost = 0
  /** What the accepted results are worth that had arrived beyond doubt. */
  #certain = 0n
  /** What all results delivered so far are worth. */
  #worth = 0n
  #signed = 0n
  #unsignedSince: number | undefined
  accepted = 0
  rejected = 0
  delivered = 0

  /** What the newest statement says was earned over the whole job. */
  get signed(): bigint {
    return this.#signed
  }

  /** Notes a delivery. A unit that is delivered again had not arrived the first time. */
  deliver(unit: number, { digest, unitMs, worth }: Delivery): void {
    this.#forget(unit)
    this.#delivered.set(unit, { digest, worth, accepted: false, isDoubtful: false })
    this.#undecided += 1
    this.delivered += 1
    this.#worth += worth
    this.#workMs += unitMs
  }

  /** What the result of a unit is worth; nothing when none was delivered. */
  worthOf(unit: number): Wei {
    return this.#delivered.get(unit)?.worth ?? NOTHING
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
    this.#certain += entry.worth
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
    const accepted = unit === undefined ? undefined : this.#delivered.get(unit)
    if (unit === undefined || accepted?.accepted !== true) return
    this.#delivered.delete(unit)
    this.#certain -= accepted.worth
    this.#lost += 1
    if (this.#unsignedUnits === 0) this.#unsignedSince = undefined
  }

  #forget(unit: number): void {
    const entry = this.#delivered.get(unit)
    if (entry === undefined || entry.accepted) return
    this.#delivered.delete(unit)
    this.#undecided -= 1
    this.delivered -= 1
    this.#worth -= entry.worth
  }

  /** Notes what a valid statement says was earned over the whole job. */
  sign(earned: Wei, nowMs: number): void {
    if (earned <= this.#signed) return
    this.#lost = Math.max(0, this.#lost - this.#count(earned - this.#signed))
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
    const unsigned = this.#certain - this.#signed
    return unsigned <= 0n ? 0 : this.#count(unsigned, this.#worth - 1n)
  }

  /** How many results of average worth a sum is, rounded down, or up with `more`. */
  #count(sum: bigint, more = 0n): number {
    return this.#worth === 0n ? 0 : Number((sum * BigInt(this.delivered) + more) / this.#worth)
  }
}
