import type { Manifest } from '../protocol/manifest/manifest.ts'
import { unitCount } from '../protocol/manifest/manifest.ts'
import { replicaPrice } from '../protocol/manifest/price.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'

/** The bond of a job, in basis points of its budget; rounded up, because providers refuse a job without one. */
const BOND_BPS = 1000n

/** What a job would cost at most, and what is laid down beside it. */
export type Cost = {
  readonly units: number
  readonly replicas: number
  readonly budget: Wei
  readonly bond: Wei
  readonly total: Wei
  /** The smallest budget that brings one unit to its quorum. */
  readonly least: Wei
}

/**
 * Computes the deposit of a job: a quorum of paid replicas for each unit, and one more for a third opinion that agrees.
 * What is not earned comes back.
 */
export function cost(manifest: Manifest): Cost {
  const units = unitCount(manifest)
  const replicas = manifest.verify.quorum + 1
  const price = replicaPrice(manifest)
  const budget = price * BigInt(units) * BigInt(replicas)
  const bond = (budget * BOND_BPS + 9_999n) / 10_000n
  return {
    units,
    replicas,
    budget: toWei(budget, 'budget'),
    bond: toWei(bond, 'bond'),
    total: toWei(budget + bond, 'budget and bond'),
    least: toWei(price * BigInt(manifest.verify.quorum), 'least budget'),
  }
}

/** What a budget is committed to: earned already, and replicas leased or undecided, which may earn the full price each. */
export type Committed = { readonly spent: Wei; readonly atStake: number }

/** How many more replicas at `price` the budget covers. */
export function coveredReplicas(budget: Wei, price: Wei, { spent, atStake }: Committed): number {
  if (price === 0n) return Number.MAX_SAFE_INTEGER
  const left = (budget - spent) / price - BigInt(atStake)
  return left > 0n ? Number(left) : 0
}
