import { balanceOf, openChain } from '../../chain/chain.ts'
import { chainInfo, LOCAL_CHAIN_ID } from '../../chain/chains.ts'
import { awaitTransfer, quoteTransfer, sendCoins } from '../../chain/wallet.ts'
import { readEarned } from '../../chain/wallet-payments.ts'
import { accountOf } from '../../protocol/account.ts'
import { toDigits } from '../../protocol/bytes.ts'
import type { Network } from '../../protocol/network.ts'
import { loadTabKey, replaceTabKey } from '../../provider/tab-account.ts'
import { loadNetwork } from '../network.ts'
import { packSent, parseSent } from './sent.ts'
import { Wallet } from './wallet.svelte.ts'

/** Opens the wallet of this browser on the network of this page. Throws `unreachable`, `malformed` or `storage`. */
export async function openWallet(): Promise<Wallet> {
  const network = await loadNetwork(AbortSignal.timeout(20_000))
  const chain = openChain({
    rpcUrl: rpcUrlOf(network),
    escrow: network.escrow,
    confirmations: chainInfo(network.chainId).confirmations,
    pollMs: network.chainId === LOCAL_CHAIN_ID ? 250 : 4_000,
  })
  const wallet = new Wallet(network, async (role) => {
    const key = await loadTabKey(role)
    const account = accountOf(key)
    const place = `weft.sent.${network.chainId}-${network.genesis.slice(2, 10)}-${account}`
    return {
      account,
      balance: () => balanceOf(chain, account),
      earned: (payees) => readEarned(chain, payees),
      quote: (to) => quoteTransfer(chain, { from: account, to }),
      send: (transfer) => sendCoins(chain, key, transfer),
      settle: (payment) => awaitTransfer(chain, payment),
      readSent: () => parseSent(localStorage.getItem(place)),
      keepSent: (payments) => localStorage.setItem(place, packSent(payments)),
      exportKey: async () => toDigits(key),
      importKey: (text) => replaceTabKey(role, text),
    }
  })
  await wallet.choose('provider')
  return wallet
}

/** The absolute address of the chain. */
export function rpcUrlOf({ rpc }: Network): string {
  return new URL(rpc, location.href).href
}
