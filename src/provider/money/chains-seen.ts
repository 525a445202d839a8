import type { ChainName } from '../../protocol/announcement.ts'
import { readList, readText } from '../../protocol/read.ts'
import type { Wei } from '../../protocol/wei.ts'
import { readWei, toWei } from '../../protocol/wei.ts'
import type { Values } from '../../store/store.ts'

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

/** Notes a chain and what is promised on it: should it be started afresh, that promise is void. */
export async function noteChain(values: Values, chain: ChainName, unpaid: Wei): Promise<void> {
  const seen = await readSeen(values)
  const key = chainKey(chain)
  if (!seen.includes(key)) await values.set(SEEN, [...seen, key])
  await values.set(`unpaid/${key}`, unpaid.toString())
}

/** What was promised and not paid on chains of this id that are gone: such statements are void. */
export async function voidedOn(values: Values, chain: ChainName): Promise<Wei> {
  const gone = (await readSeen(values)).filter(
    (key) => key.startsWith(`${chain.chainId}-`) && key !== chainKey(chain),
  )
  let sum = 0n
  for (const key of gone) {
    const unpaid = await values.get(`unpaid/${key}`)
    if (unpaid !== undefined) sum += readWei(unpaid, `unpaid/${key}`)
  }
  return toWei(sum)
}

async function readSeen(values: Values): Promise<string[]> {
  const seen = await values.get(SEEN)
  return seen === undefined
    ? []
    : readList(seen, SEEN, { max: 10_000, read: (entry, path) => readText(entry, path, 100) })
}
