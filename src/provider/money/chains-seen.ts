import type { ChainName } from '../../protocol/announcement.ts'
import { Failure } from '../../protocol/failure.ts'
import { readList, readText } from '../../protocol/read.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'
import type { Values } from '../../store/store.ts'
import type { Money } from '../state.ts'

const SEEN = 'chains'

/** The name under which a chain's money is kept. */
export function chainKey({ chainId, genesis }: ChainName): string {
  return `${chainId}-${genesis}`
}

/** A part of the store's values, by a prefix of the keys. */
export function within(values: Values, prefix: string): Values {
  return {
    get: (key) => values.get(`${prefix}/${key}`),
    set: (key, value) => values.set(`${prefix}/${key}`, value),
    delete: (key) => values.delete(`${prefix}/${key}`),
  }
}

/**
 * Notes that this chain was worked on, and sums up what is still held of chains of its id that are gone: such promises are
 * void. `moneyIn` reads the purse in a part of the values.
 */
export async function voidedOn(
  values: Values,
  chain: ChainName,
  moneyIn: (values: Values) => Promise<Money>,
): Promise<Wei> {
  const seen = await readSeen(values)
  const key = chainKey(chain)
  if (!seen.includes(key)) await values.set(SEEN, [...seen, key])
  const gone = seen.filter((name) => name.startsWith(`${chain.chainId}-`) && name !== key)
  const all = await Promise.all(gone.map((name) => moneyIn(within(values, name)).catch(nothingToRead)))
  return toWei(
    all.reduce((sum, { promised, claimable, inTransit }) => sum + promised + claimable + inTransit, 0n),
  )
}

/** What an earlier version kept of a chain that is gone may be in another form. It is void, so that nothing is lost with it. */
function nothingToRead(error: unknown): Omit<Money, 'paid'> {
  const nothing = toWei(0n)
  if (error instanceof Failure && error.code === 'malformed')
    return { promised: nothing, claimable: nothing, inTransit: nothing }
  throw error
}

async function readSeen(values: Values): Promise<string[]> {
  const seen = await values.get(SEEN)
  return seen === undefined
    ? []
    : readList(seen, SEEN, { max: 10_000, read: (entry, path) => readText(entry, path, 100) })
}
