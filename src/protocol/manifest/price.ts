import { Failure, malformed } from '../failure.ts'
import { at, readRecord } from '../read.ts'
import type { Wei } from '../wei.ts'
import { readWei, toWei } from '../wei.ts'

/** What an accepted replica earns, in wei as decimal digits: a fixed sum, or one for each million metered instructions. */
export type Price = { readonly replica: string } | { readonly megainstruction: string }

/** What of a manifest decides about money. */
export type Priced = { readonly price: Price; readonly limits: { readonly fuel: number } }

const MEGA = 1_000_000n

/** Reads the price of a manifest. Only WASM has instructions to count. Throws `malformed` with the field's path. */
export function parsePrice(
  value: unknown,
  path: string,
  { programs, fuel }: { readonly programs: readonly { readonly kind: string }[]; readonly fuel: number },
): Price {
  const record = readRecord(value, path, ['replica', 'megainstruction'])
  if (record.megainstruction === undefined && record.replica === undefined)
    throw malformed(path, '"replica", for each result, or of WASM only "megainstruction", for what it runs')
  if (record.megainstruction === undefined)
    return { replica: readWei(record.replica, at(path, 'replica')).toString() }
  const place = at(path, 'megainstruction')
  if (record.replica !== undefined) throw malformed(path, 'either replica or megainstruction, not both')
  if (programs.some(({ kind }) => kind !== 'wasm'))
    throw new Failure(
      'malformed',
      `${place}: expected WASM programs only, because WGSL has no instructions to count; use price.replica`,
    )
  const rate = readWei(record.megainstruction, place)
  priceOfFuel(rate, BigInt(fuel))
  return { megainstruction: rate.toString() }
}

/** The most that one accepted replica can earn: its price, or that of `limits.fuel` instructions. */
export function replicaPrice({ price, limits }: Priced): Wei {
  if ('replica' in price) return readWei(price.replica, 'price.replica')
  return priceOfFuel(readRate(price), BigInt(limits.fuel))
}

/** The price of a million instructions, where they are what is paid. */
export function rateOf({ price }: Pick<Priced, 'price'>): { readonly rate?: Wei } {
  return 'replica' in price ? {} : { rate: readRate(price) }
}

function readRate({ megainstruction }: { readonly megainstruction: string }): Wei {
  return readWei(megainstruction, 'price.megainstruction')
}

/** What so many instructions cost at a rate for each million, rounded up to whole wei. */
export function priceOfFuel(rate: Wei, fuel: bigint): Wei {
  return toWei((rate * fuel + MEGA - 1n) / MEGA, 'price.megainstruction')
}
