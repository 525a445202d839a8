import type { Address } from '../../protocol/address.ts'
import type { Chain } from '../chain.ts'
import { refuseRebasing } from './refuse-rebasing.ts'
import type { Token } from './token.ts'
import { readToken } from './token.ts'

/** Reads a token that a job is to pay in. Throws `refused` for one whose balances change by themselves, `malformed` or `unreachable`. */
export async function readPlainToken(chain: Chain, address: Address): Promise<Token> {
  await refuseRebasing(chain, address)
  return readToken(chain, address)
}
