import { decodeFunctionResult, encodeFunctionData, erc20Abi } from 'viem'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import { askContract } from '../ask-contract.ts'
import type { Chain } from '../chain.ts'
import { explained } from '../explain.ts'
import { send } from '../transaction/send.ts'

/**
 * Lets the escrow draw exactly `amount` from an account; nothing is sent where it may already. Throws as `send` does, and
 * `refused` when the token does not do it.
 */
export async function approve(
  chain: Chain,
  key: PrivateKey,
  { token, amount }: { readonly token: Address; readonly amount: bigint },
): Promise<void> {
  const allowed = await readAllowance(chain, token, accountOf(key))
  if (allowed >= amount) return
  // Some tokens change an allowance only from zero or to zero.
  for (const sum of allowed > 0n ? [0n, amount] : [amount]) {
    const args = [chain.escrow, sum] as const
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args })
    await send(chain, key, { action: 'approve', to: token, data })
  }
  if ((await readAllowance(chain, token, accountOf(key))) >= amount) return
  throw new Failure('refused', `The token ${token} did not let the escrow draw ${amount}`)
}

function readAllowance({ client, escrow }: Chain, token: Address, owner: Address): Promise<bigint> {
  const call = { abi: erc20Abi, functionName: 'allowance' } as const
  return explained('allowance', async () => {
    const data = encodeFunctionData({ ...call, args: [owner, escrow] })
    return decodeFunctionResult({ ...call, data: await askContract(client, { to: token, data }) })
  })
}
