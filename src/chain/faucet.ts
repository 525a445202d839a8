import { numberToHex } from 'viem'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import type { Chain } from './chain.ts'
import { chainIdentity } from './chain.ts'
import { chainInfo, LOCAL_CHAIN_ID } from './chains.ts'
import { explainedCall } from './transaction/explain-call.ts'
import { awaitReceipt } from './transaction/send.ts'

/** Gives an account test money from an unlocked account of the local chain. Throws `refused` on every other chain. */
export async function fund(chain: Chain, account: Address, amount: Wei): Promise<void> {
  const { chainId } = await chainIdentity(chain)
  if (chainId !== LOCAL_CHAIN_ID) {
    const { name } = chainInfo(chainId)
    throw new Failure(
      'refused',
      `There is a faucet on the local chain (${LOCAL_CHAIN_ID}) only, not on ${name} (${chainId})`,
    )
  }
  const hash = await explainedCall('faucet', async () => {
    const [from] = await chain.client.request({ method: 'eth_accounts' })
    if (from === undefined) throw new Failure('refused', 'faucet: the local chain has no unlocked account')
    return chain.client.request<{ Method: 'eth_sendTransaction'; Parameters: [object]; ReturnType: Hex }>({
      method: 'eth_sendTransaction',
      params: [{ from, to: account, value: numberToHex(amount) }],
    })
  })
  await awaitReceipt(chain, { hash }, 'faucet')
}
