import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { CallOutline } from '../../protocol/escrow/call-outline.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Wei } from '../../protocol/wei.ts'
import { toWei } from '../../protocol/wei.ts'

/** What a relayer takes for its gas. */
export type Tariff = {
  /** It sends for nothing, as on the local chain. */
  readonly isFree: boolean
  /** What is asked, in percent of what the gas costs; less than 100 is never taken. */
  readonly marginPercent: number
  /** Tokens that fees are taken in: what 10^18 of the token's smallest units are worth, in wei. */
  readonly tokenPrices: ReadonlyMap<Address, bigint>
  /** Whether challenges are sent: they bring a fee only when nobody answers them. */
  readonly hasChallenges: boolean
}

const UNITS = 10n ** 18n

/** About what calls take, from contracts/gas/escrow.json with the intrinsic gas of their bytes; rather too much. */
const GAS = { first: 120_000n, order: 45_000n, leaf: 40_000n, level: 1_200n }
const GAS_OF = { cashout: 0n, claim: 0n, post: 190_000n, challenge: 170_000n, resolve: 110_000n } as const

/** What a call of this outline takes, roughly. A challenge is paid for when it is resolved: that is counted in. */
export function guessGas({ kind, cashouts, leaves, levels }: CallOutline): bigint {
  if (kind === 'challenge') return GAS_OF.challenge + GAS_OF.resolve + BigInt(levels) * GAS.level
  if (kind === 'post' || kind === 'resolve') return GAS_OF[kind]
  return GAS.first + BigInt(cashouts) * GAS.order + BigInt(leaves) * GAS.leaf + BigInt(levels) * GAS.level
}

/** The fee to ask for a call that costs `cost` wei of gas. Throws `refused` where no fee could be taken. */
export function feeFor(
  { kind, token }: Pick<CallOutline, 'kind' | 'token'>,
  cost: bigint,
  tariff: Tariff,
): Wei {
  if (tariff.isFree) return toWei(0n)
  if (kind === 'claim')
    throw new Failure(
      'refused',
      'a claim pays its payee alone: whoever has the key of that address can cash out instead',
    )
  if (kind === 'challenge' && !tariff.hasChallenges)
    throw new Failure('refused', 'this relayer sends no challenges: they are paid only when nobody answers')
  if (kind === 'post') return toWei(0n)
  return inToken((cost * BigInt(tariff.marginPercent) + 99n) / 100n, token, tariff)
}

/** Checks that a fee, or a bounty, in a token is worth the gas. Throws `refused` with both numbers. */
export function checkPaid(
  paid: { readonly amount: bigint; readonly token: Address },
  cost: bigint,
  tariff: Tariff,
): void {
  if (tariff.isFree) return
  const needed = inToken(cost, paid.token, tariff)
  if (paid.amount < needed)
    throw new Failure('refused', `fee: ${paid.amount} does not pay for the gas, which costs ${needed} now`)
}

/** An amount of wei in a token, rounded up. Throws `refused` for a token that has no price here. */
function inToken(wei: bigint, token: Address, { tokenPrices }: Tariff): Wei {
  if (token === ZERO_ADDRESS) return toWei(wei)
  const price = tokenPrices.get(token)
  if (price === undefined || price <= 0n)
    throw new Failure('refused', `fee: this relayer takes no fees in the token ${token}`)
  return toWei((wei * UNITS + price - 1n) / price)
}
