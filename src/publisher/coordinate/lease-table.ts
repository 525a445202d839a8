import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { Seat } from './seat.ts'

/** Units that a provider may run until a deadline. Times are milliseconds since 1970. */
export type Lease = {
  readonly id: number
  readonly seat: Seat
  readonly executor: ExecutorKind
  readonly units: readonly number[]
  readonly issuedAt: number
  readonly expiresAt: number
  /** When a second provider may be asked for the same units. */
  readonly slowAt: number
}

/** The leases that are out, oldest first. */
export class LeaseTable {
  readonly #leases = new Map<number, Lease>()
  readonly #doubled = new Set<number>()
  #nextId = 1
  /** How many replicas are out. */
  units = 0

  issue(lease: Omit<Lease, 'id'>): Lease {
    const issued = { ...lease, id: this.#nextId }
    this.#nextId += 1
    this.#leases.set(issued.id, issued)
    this.units += lease.units.length
    return issued
  }

  /** Takes a lease back, if it is out and belongs to that seat. */
  take(id: number, seat: Seat): Lease | undefined {
    const lease = this.#leases.get(id)
    if (lease === undefined || lease.seat !== seat) return undefined
    this.#remove(lease)
    return lease
  }

  /** Takes back everything that a seat holds. */
  takeAll(seat: Seat): Lease[] {
    return this.#removeWhere((lease) => lease.seat === seat)
  }

  /** Takes back what is past its deadline. */
  expire(nowMs: number): Lease[] {
    return this.#removeWhere((lease) => lease.expiresAt <= nowMs)
  }

  /** Whether a unit that is out is one of those meant. */
  isOut(isMeant: (unit: number) => boolean): boolean {
    return [...this.#leases.values()].some(({ units }) => units.some(isMeant))
  }

  /** The slow leases of others that were not doubled yet, oldest first. */
  *slow(seat: Seat, nowMs: number): Generator<Lease> {
    for (const lease of this.#leases.values()) {
      if (lease.slowAt <= nowMs && lease.seat.payee !== seat.payee && !this.#doubled.has(lease.id))
        yield lease
    }
  }

  /** Notes that somebody else was given units of a lease too: once is enough. */
  double({ id }: Lease): void {
    this.#doubled.add(id)
  }

  #removeWhere(isMeant: (lease: Lease) => boolean): Lease[] {
    const found = [...this.#leases.values()].filter(isMeant)
    for (const lease of found) this.#remove(lease)
    return found
  }

  #remove(lease: Lease): void {
    this.#leases.delete(lease.id)
    this.#doubled.delete(lease.id)
    this.units -= lease.units.length
  }
}
