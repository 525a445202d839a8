import type { PrivateKey } from '../protocol/account.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import { toWei } from '../protocol/wei.ts'
import { startAnvil } from './anvil.ts'
import type { Chain } from './chain.ts'
import { openChain } from './chain.ts'
import { deployEscrow } from './deploy.ts'
import { fund } from './faucet.ts'

/** A local chain of a test's own, with the escrow on it and two keys that hold ten coins each. */
export type TestChain = {
  readonly chain: Chain
  readonly rpcUrl: string
  readonly publisher: PrivateKey
  readonly settler: PrivateKey
  stop(): Promise<void>
}

/** Starts such a chain. The test stops it. */
export async function startTestChain(): Promise<TestChain> {
  const end = new AbortController()
  const { rpcUrl, ended } = await startAnvil({ signal: end.signal })
  const chain = openChain({ rpcUrl, pollMs: 20 })
  const [publisher, settler] = [makeKey(), makeKey()]
  for (const key of [publisher, settler]) await fund(chain, accountOf(key), toWei(10n ** 19n))
  await deployEscrow(chain, settler)
  const stop = () => {
    end.abort()
    return ended
  }
  return { chain, rpcUrl, publisher, settler, stop }
}
