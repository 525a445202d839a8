import { estimateFeesPerGas, estimateGas, getCode } from 'viem/actions'
import type { PrivateKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { readAddress } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import type { Chain } from './chain.ts'
import { balanceOf, ESCROW } from './chain.ts'
import { explained } from './explain.ts'
import { factoryAddress } from './generated/address.ts'
import { escrowBytecode } from './generated/bytecode.ts'
import { explainedCall } from './transaction/explain-call.ts'
import { gasLimit, send } from './transaction/send.ts'

/** What deploying would take from an account, at most, and what the account holds. */
export type DeployCost = { readonly gas: bigint; readonly fee: Wei; readonly balance: Wei }

const FACTORY = readAddress(factoryAddress, 'factory')
const SALT = '00'.repeat(32)
const data: Hex = `0x${SALT}${escrowBytecode.slice(2)}`

/** Puts the escrow on a chain, at the address it has on every chain, unless it is there already. Throws as `send` does. */
export async function deployEscrow(chain: Chain, key: PrivateKey): Promise<Address> {
  if (await isDeployed(chain, ESCROW)) return ESCROW
  await requireFactory(chain)
  try {
    await send(chain, key, { action: 'deploy', to: FACTORY, data })
  } catch (error) {
    if (await isDeployed(chain, ESCROW)) return ESCROW // somebody else was faster
    throw error
  }
  if (!(await isDeployed(chain, ESCROW))) throw new Failure('reverted', `deploy: no contract at ${ESCROW}`)
  return ESCROW
}

/** Says what deploying would cost an account. Throws `refused` where there is no factory, or `unreachable`. */
export async function deployCost(chain: Chain, account: Address): Promise<DeployCost> {
  await requireFactory(chain)
  return explainedCall('deploy', async () => {
    const [estimate, { maxFeePerGas }, balance] = await Promise.all([
      estimateGas(chain.client, { account, to: FACTORY, data, prepare: false }),
      estimateFeesPerGas(chain.client),
      balanceOf(chain, account),
    ])
    const gas = gasLimit(estimate)
    return { gas, fee: toWei(gas * maxFeePerGas), balance }
  })
}

/** Tells whether there is a contract at an address. Throws `unreachable`. */
export async function isDeployed({ client }: Chain, address: Address): Promise<boolean> {
  const code = await explained('code', () => getCode(client, { address }))
  return code !== undefined && code !== '0x'
}

/** Checks that there is a contract where the escrow should be. Throws `refused` with the way out, or `unreachable`. */
export async function requireEscrow(chain: Chain): Promise<void> {
  if (await isDeployed(chain, chain.escrow)) return
  throw new Failure(
    'refused',
    `There is no contract at ${chain.escrow} on this chain. "weft deploy" puts the escrow at ${ESCROW}`,
  )
}

async function requireFactory(chain: Chain): Promise<void> {
  if (await isDeployed(chain, FACTORY)) return
  throw new Failure(
    'refused',
    `This chain has no CREATE2 factory at ${FACTORY}: it must be put there first, see docs/chains.md`,
  )
}
