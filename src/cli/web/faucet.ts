import type { Chain } from '../../chain/chain.ts'
import { balanceOf } from '../../chain/chain.ts'
import { fund } from '../../chain/faucet.ts'
import type { Address } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import { toWei, type Wei } from '../../protocol/wei.ts'

/** Gives an account test money and says what it holds now. */
export type Faucet = (account: Address) => Promise<{ readonly given: Wei; readonly balance: Wei }>

/** What an account is filled up to, and how many gifts there are in a minute. */
export const FAUCET_LEVEL = toWei(10n * 10n ** 18n)
const GIFTS_PER_MINUTE = 60

/** Makes a faucet that fills accounts up to its level, a limited number in a minute. It throws `refused`, also off the local chain. */
export function makeFaucet(chain: Chain): Faucet {
  const gifts: number[] = []
  return async (account) => {
    const held = await balanceOf(chain, account)
    if (held >= FAUCET_LEVEL / 2n) return { given: toWei(0n), balance: held }
    const minuteAgo = Date.now() - 60_000
    while ((gifts[0] ?? minuteAgo) < minuteAgo) gifts.shift()
    if (gifts.length >= GIFTS_PER_MINUTE) {
      throw new Failure('refused', 'The faucet has given enough for this minute: try again in a moment')
    }
    gifts.push(Date.now())
    const given = toWei(FAUCET_LEVEL - held)
    await fund(chain, account, given)
    return { given, balance: await balanceOf(chain, account) }
  }
}
