import type { Exposure } from '../../market/exposure.ts'
import type { Digest } from '../../protocol/bytes.ts'
import type { Wei } from '../../protocol/wei.ts'

type Delivered = { readonly digest: Digest; accepted: boolean }

/** What a publisher owes this provider for one job: every delivered result, until it is signed for or justly rejected. */
export class Owed {
  readonly #price: Wei
  readonly #delivered = new Map<number, Delivered>()
  #undecided = 0
  #workMs = 0
  #signed: bigint
  #unsignedSince: number | undefined
  accepted: number
  rejected = 0
  delivered = 0

  /** `accepted` and `signed` are what an earlier visit left. */
  constructor(price: Wei, { accepted, signed }: { readonly accepted: number; readonly signed: bigint }) {
    this.#price = price
    this.accepted = accepted
    this.#signed = signed
  }

  /** What the newest statement says was earned over the whole job. */
  get signed(): bigint {
    return this.#signed
  }

  /** Notes a delivery. A unit that is delivered again had not arrived the first time. */
  deliver(unit: number, digest: Digest, unitMs: number): void {
    this.forget(unit)
    this.#delivered.set(unit, { digest, accepted: false })
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
    if (entry === undefined || entry.accepted || entry.digest !== digest) return false
    entry.accepted = true
    this.#undecided -= 1
    this.accepted += 1
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

  /** Strikes out what cannot have arrived: the connection ended before it was answered. */
  forget(unit: number): void {
    const entry = this.#delivered.get(unit)
    if (entry === undefined || entry.accepted) return
    this.#delivered.delete(unit)
    this.#undecided -= 1
    this.delivered -= 1
  }

  /** Notes what a valid statement says was earned over the whole job. */
  sign(earned: Wei, nowMs: number): void {
    if (earned <= this.#signed) return
    this.#signed = earned
    this.#unsignedSince = this.#unsignedUnits > 0 ? nowMs : undefined
  }

  get exposure(): Exposure {
    const units = this.#undecided + this.#unsignedUnits
    const unitMs = this.#workMs / Math.max(1, this.delivered)
    return { units, workMs: units * unitMs, oldestAt: this.#unsignedSince }
  }

  /** Accepted results beyond what is signed. Where several tabs share a payee, a statement covers more than our own. */
  get #unsignedUnits(): number {
    if (this.#price === 0n) return 0
    return Math.max(0, this.accepted - Number(this.#signed / this.#price))
  }
}
