import type { Chain } from '../../../chain/chain.ts'
import {
  awaitRelayed,
  checkSent,
  encodeRelayed,
  gasOf,
  gasPrice,
  sendEscrow,
} from '../../../chain/escrow/relayed.ts'
import type { RelayerQuote, Relayers } from '../../../p2p/relayer/relayers.ts'
import type { PrivateKey } from '../../../protocol/account.ts'
import { accountOf, signHash } from '../../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../../protocol/address.ts'
import type { Hex } from '../../../protocol/bytes.ts'
import { outlineOf } from '../../../protocol/escrow/call-outline.ts'
import type { Domain } from '../../../protocol/escrow/domain.ts'
import { hashHelp } from '../../../protocol/escrow/help.ts'
import type { RelayedCall } from '../../../protocol/escrow/relayed-call.ts'
import { Failure, reason } from '../../../protocol/failure.ts'
import type { Wei } from '../../../protocol/wei.ts'
import { toWei } from '../../../protocol/wei.ts'
import type { Held } from '../check-promise.ts'

/** What a provider does on chain in its own defence, and what that is worth to it. */
export type Move = { readonly held: Held; readonly worth: bigint } & (
  | { readonly kind: 'post' }
  | { readonly kind: 'challenge' }
  | { readonly kind: 'resolve' }
)

export type SenderPorts = {
  readonly chain: Chain
  readonly domain: Domain
  readonly relayers: Relayers
  readonly key: PrivateKey
  /** Gas costs nothing that is worth anything. */
  readonly isFree: boolean
}

/**
 * Has a move sent by a relayer or, where none does it, with the provider's own gas, and waits until it counts. Throws `reverted`
 * with the contract's reason, `refused` where neither can, `unreachable` or `timeout`.
 */
export async function sendMove(ports: SenderPorts, move: Move): Promise<Hex> {
  const { chain, relayers } = ports
  const { token } = move.held.opening
  const outline = outlineOf(callOf(move), token)
  let hash: Hex
  try {
    const check = (sent: Hex): Promise<void> => checkSent(chain, sent)
    hash = (await relayers.send({ outline, make: (quote) => relayedBy(ports, move, quote), check })).hash
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    hash = await sendOwn(ports, move, error)
  }
  await awaitRelayed(chain, { hash }, move.kind)
  return hash
}

/** The call as a relayer sends it: of a challenge it may keep what the account has signed for. */
function relayedBy(
  { key, domain }: SenderPorts,
  move: Move,
  { fee, account: helper }: RelayerQuote,
): RelayedCall {
  const call = callOf(move)
  if (fee === 0n) return call
  if (fee > move.worth)
    throw new Failure('refused', `fee: ${fee} wei are more than the ${move.worth} wei at stake`)
  const { signed, leaf } = move.held
  if (call.kind === 'post') return call
  if (call.kind !== 'challenge' || leaf.account !== accountOf(key))
    throw new Failure('refused', `fee: nobody here can sign for ${fee} wei of ${leaf.account}`)
  const help = { jobId: signed.statement.jobId, account: leaf.account, earned: leaf.earned, helper, fee }
  return { ...call, helper, fee, consent: signHash(hashHelp(help, domain), key) }
}

/** Sends with the account's own coins, if what is at stake is worth the gas. */
async function sendOwn({ chain, key, isFree }: SenderPorts, move: Move, refusal: Failure): Promise<Hex> {
  const call = encodeRelayed(callOf(move), toWei(0n))
  try {
    const [gas, price] = await Promise.all([gasOf(chain, key, call), gasPrice(chain)])
    if (!isFree && move.held.opening.token !== ZERO_ADDRESS)
      throw new Failure(
        'refused',
        'gas costs coins, and at stake is a token whose worth in coins is not known',
      )
    if (!isFree && gas * price > move.worth)
      throw new Failure('refused', `gas costs ${gas * price} wei, at stake are ${move.worth} wei`)
    return (await sendEscrow(chain, key, call)).hash
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'reverted') throw error
    throw new Failure(error.code, `${reason(error)}; relays: ${refusal.message}`, { cause: error })
  }
}

function callOf({ kind, held }: Move): RelayedCall {
  const { opening, signed, leaf, proof } = held
  if (kind === 'post') return { kind, opening, signed }
  if (kind === 'resolve') return { kind, jobId: signed.statement.jobId, account: leaf.account }
  const help = { helper: ZERO_ADDRESS, fee: NOTHING, consent: new Uint8Array() }
  return { kind, opening, signed, leaf, proof, ...help }
}

const NOTHING: Wei = toWei(0n)
