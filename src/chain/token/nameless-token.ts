import type { Address } from '../../protocol/address.ts'
import type { Token } from './token.ts'

/** What can be said of a token that does not tell, or has not been asked: amounts are in its smallest unit. */
export function namelessToken(address: Address): Token {
  return { address, name: 'a token', symbol: `units of ${address.slice(0, 10)}…`, decimals: 0 }
}
