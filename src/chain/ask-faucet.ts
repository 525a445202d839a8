import type { Address } from '../protocol/address.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { Chain } from './chain.ts'
import { balanceOf } from './chain.ts'

/** Below this an account asks the faucet again: enough for many sample jobs and their gas. */
const LOW_WEI = 10n ** 18n

/** Asks the faucet of a test network for coins, if the account is low. `url` is absolute. Throws `refused` or `unreachable`. */
export async function askFaucet(chain: Chain, account: Address, url: string): Promise<void> {
  if ((await balanceOf(chain, account)) >= LOW_WEI) return
  const answer = await post(url, account)
  if (!answer.ok) throw new Failure('refused', `The faucet gave no test coins: ${await answer.text()}`)
}

async function post(url: string, address: Address): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ address }),
    })
  } catch (cause) {
    throw new Failure('unreachable', `The faucet ${url} does not answer: ${reason(cause)}`, { cause })
  }
}
