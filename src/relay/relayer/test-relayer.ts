import { startStage } from '../../chain/escrow/test-job.ts'
import type { RelayerQuote } from '../../p2p/relayer/relayers.ts'
import { openRelayers } from '../../p2p/relayer/relayers.ts'
import { accountOf, makeKey, type PrivateKey, signHash } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { outlineOf } from '../../protocol/escrow/call-outline.ts'
import { hashCashout } from '../../protocol/escrow/cashout.ts'
import type { ProvenLeaf, RelayedCashout } from '../../protocol/escrow/relayed-call.ts'
import { toWei } from '../../protocol/wei.ts'
import { startRelay } from '../relay.ts'
import { openPeer } from '../test-peers.ts'
import type { RelayerOptions } from './open-relayer.ts'

/** A real chain, and what real relays with relayers on it need. */
export async function startRelayerStage(signal: AbortSignal) {
  const stage = await startStage()
  const { chain, domain } = stage

  /** A relay with a relayer; the key is one without coins unless another is given. */
  const relay = (options: Partial<RelayerOptions> = {}) =>
    startRelay({ key: makeKey(), relayer: { chain, key: makeKey(), ...options } }, signal)

  /** A peer that knows these relays, and the relayers among them. */
  const peer = async (...addresses: readonly string[]) => {
    const { node } = await openPeer(addresses, signal)
    while (node.relays().some(({ state }) => state !== 'connected'))
      await new Promise((resolve) => setTimeout(resolve, 20))
    return { node, relayers: openRelayers(node, signal) }
  }

  /** What an account signs so that its leaves are paid to `to`; it lets the relayer keep all but a wei. */
  const sign = (
    key: PrivateKey,
    {
      to,
      nonce,
      leaves,
      maxFee,
    }: { to: Address; nonce: bigint; leaves: readonly ProvenLeaf[]; maxFee: bigint },
  ): RelayedCashout => {
    const money = { token: ZERO_ADDRESS, maxFee: toWei(maxFee), minOut: toWei(1n) }
    const cashout = { account: accountOf(key), to, ...money, nonce, deadline: 4_000_000_000 }
    return { cashout, leaves, signature: signHash(hashCashout(cashout, domain), key) }
  }

  /** An order of one cash-out that lets the relayer keep what it asks for. */
  const cashOut = (key: PrivateKey, order: { to: Address; nonce: bigint; leaves: readonly ProvenLeaf[] }) => {
    const make = ({ fee }: Pick<RelayerQuote, 'fee'>) => {
      return { kind: 'cashout', cashouts: [sign(key, { ...order, maxFee: fee })] } as const
    }
    return { outline: outlineOf(make({ fee: toWei(0n) }), ZERO_ADDRESS), make }
  }

  return { ...stage, promise: stage.sign, relay, peer, sign, cashOut }
}
