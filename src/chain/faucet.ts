import { numberToHex } from 'viem'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure, reason } from '../protocol/failure.ts'
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
    return give(chain, { from, to: account, value: numberToHex(amount) })
  })
  await awaitReceipt(chain, { hash }, 'faucet')
}

/** The node picks the nonce, and gives two who ask at the same moment the same one: the second asks again. */
async function give(chain: Chain, gift: object, tries = 10): Promise<Hex> {
  try {
    return await chain.client.request<{
      Method: 'eth_sendTransaction'
      Parameters: [object]
      ReturnType: Hex
    }>({ method: 'eth_sendTransaction', params: [gift] })
  } catch (error) {
    if (tries === 0 || !/underpriced|nonce/i.test(reason(error))) throw error
    return give(chain, gift, tries - 1)
  }
}
