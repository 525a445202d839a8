import type { Chain } from '../../chain/chain.ts'
import { balanceOf } from '../../chain/chain.ts'
import { readPlainToken } from '../../chain/token/plain-token.ts'
import type { Token } from '../../chain/token/token.ts'
import type { Address } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Wei } from '../../protocol/wei.ts'
import { formatAmount, formatWei } from '../../protocol/wei.ts'
import type { HeldToken } from '../state.ts'

/** Reads a token and what an account has of it. Throws as `readPlainToken` does. */
export async function readHeld(chain: Chain, account: Address, token: Address): Promise<HeldToken> {
  return { ...(await readPlainToken(chain, token)), balance: await balanceOf(chain, account, token) }
}

/** What is to be laid down, and what needs it, as the beginning of a sentence. */
export type Due = { readonly amount: bigint; readonly token: Token | undefined; readonly what: string }

/** Checks that an account can lay down an amount and pay for the gas. Throws `uncovered` naming what is missing, or `unreachable`. */
export async function requireFunds(chain: Chain, account: Address, due: Due): Promise<void> {
  const { amount, token, what } = due
  const coins = await balanceOf(chain, account)
  if (token === undefined) {
    if (coins <= amount)
      throw lacking(`${what} ${formatWei(amount)} coins and some for gas`, account, formatWei(coins))
    return
  }
  const show = (sum: bigint): string => formatAmount(sum, token)
  const held: Wei = await balanceOf(chain, account, token.address)
  if (held < amount)
    throw lacking(
      `${what} ${show(amount)} ${token.symbol} of the token ${token.address}`,
      account,
      show(held),
    )
  if (coins === 0n) throw lacking(`${what} coins for gas beside the token`, account, 'none')
}

function lacking(need: string, account: Address, has: string): Failure {
  return new Failure('uncovered', `${need}, the account ${account} has ${has}`)
}
