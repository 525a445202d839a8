import { balanceOf, openChain } from '../../../chain/chain.ts'
import type { Network } from '../../../protocol/network.ts'
import { rpcUrlOf } from '../../page-chain.ts'
import { Outside } from './outside.svelte.ts'

/** Set while a wallet is connected, so that the next page takes it up again. */
const KEPT_WALLET = 'weft.wallet'

/** The wallets beside this page. Their code is fetched when they are asked for, or when one was connected before. */
export function openOutside(network: Network, signal: AbortSignal): Outside {
  const chain = openChain({ rpcUrl: rpcUrlOf(network), escrow: network.escrow })
  const outside = new Outside(
    async (onView) => {
      const { openExternal } = await import('../../../chain/external.ts')
      const options = { ...network, rpcUrl: rpcUrlOf(network) }
      return openExternal(
        options,
        (view) => {
          if (view.connected === undefined) localStorage.removeItem(KEPT_WALLET)
          else localStorage.setItem(KEPT_WALLET, '1')
          onView(view)
        },
        signal,
      )
    },
    (account) => balanceOf(chain, account),
  )
  if (localStorage.getItem(KEPT_WALLET) !== null) void outside.ask(async () => undefined)
  return outside
}
