import { getCode } from 'viem/actions'
import type { PrivateKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { readAddress } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Chain } from './chain.ts'
import { ESCROW } from './chain.ts'
import { explained } from './explain.ts'
import { factoryAddress } from './generated/address.ts'
import { escrowBytecode } from './generated/bytecode.ts'
import { send } from './send.ts'

const FACTORY = readAddress(factoryAddress, 'factory')
const SALT = '00'.repeat(32)

/** Puts the escrow on a chain, at the address it has on every chain, unless it is there already. Throws as `send` does. */
export async function deployEscrow(chain: Chain, key: PrivateKey): Promise<Address> {
  if (await isDeployed(chain, ESCROW)) return ESCROW
  if (!(await isDeployed(chain, FACTORY))) {
    throw new Failure(
      'refused',
      `This chain has no CREATE2 factory at ${FACTORY}: it must be put there first`,
    )
  }
  const data: Hex = `0x${SALT}${escrowBytecode.slice(2)}`
  await send(chain, key, { action: 'deploy', to: FACTORY, data })
  if (!(await isDeployed(chain, ESCROW))) throw new Failure('reverted', `deploy: no contract at ${ESCROW}`)
  return ESCROW
}

/** Tells whether there is a contract at an address. Throws `unreachable`. */
export async function isDeployed({ client }: Chain, address: Address): Promise<boolean> {
  const code = await explained('code', () => getCode(client, { address }))
  return code !== undefined && code !== '0x'
}
