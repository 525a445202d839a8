import type { Chain } from '../../chain/chain.ts'
import { chainInfo } from '../../chain/chains.ts'
import { namelessToken } from '../../chain/token/nameless-token.ts'
import type { Token } from '../../chain/token/token.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Currency } from '../../protocol/wei.ts'
import { COIN_DECIMALS } from '../../protocol/wei.ts'

export type TokenBookParts = {
  readonly chain: Chain
  readonly chainId: number
  nowMs(): number
}

const RETRY_MS = 30_000
/** Whoever announces jobs in made-up tokens has this tab ask the chain no more than so often. */
const MAX_ASKED = 200
const MAX_AT_ONCE = 4

/** What tokens say of themselves: each is asked when something is to be said of it. */
export class TokenBook {
  readonly #parts: TokenBookParts
  readonly #known = new Map<Address, Token>()
  /** When a token may be asked again, ms since 1970. */
  readonly #askAt = new Map<Address, number>()
  #asking = 0

  constructor(parts: TokenBookParts) {
    this.#parts = parts
  }

  /** What a token says of itself; undefined while that is not known. */
  of(address: Address): Token | undefined {
    const known = this.#known.get(address)
    if (known === undefined) this.#ask(address)
    return known
  }

  /** The same, or what can be said without it: then amounts are in the smallest unit. */
  named(address: Address): Token {
    return this.of(address) ?? namelessToken(address)
  }

  /** What amounts of a token, or of the chain's coin, are counted in. */
  currencyOf(address: Address): Currency {
    if (address !== ZERO_ADDRESS) return this.named(address)
    return { symbol: chainInfo(this.#parts.chainId).currency, decimals: COIN_DECIMALS }
  }

  #ask(address: Address): void {
    const { chain, nowMs } = this.#parts
    const isNew = !this.#askAt.has(address)
    if (this.#asking >= MAX_AT_ONCE || (isNew && this.#askAt.size >= MAX_ASKED)) return
    if ((this.#askAt.get(address) ?? 0) > nowMs()) return
    this.#askAt.set(address, nowMs() + RETRY_MS)
    this.#asking += 1
    void import('../../chain/token/token.ts') // few jobs pay in tokens
      .then(({ readToken }) => readToken(chain, address))
      .then(
        (token) => void this.#known.set(address, token),
        (error: unknown) => {
          const isSilent = error instanceof Failure && error.code !== 'unreachable' // else it is asked again
          if (isSilent) this.#askAt.set(address, Number.POSITIVE_INFINITY)
        },
      )
      .finally(() => {
        this.#asking -= 1
      })
  }
}
