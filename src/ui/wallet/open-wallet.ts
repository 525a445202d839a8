import { balanceOf } from '../../chain/chain.ts'
import { claimCredit } from '../../chain/escrow/payouts.ts'
import { readCredit } from '../../chain/escrow/read-escrow.ts'
import { awaitTransfer, quoteTransfer, sendCoins } from '../../chain/wallet.ts'
import { EarnedReader } from '../../chain/wallet-payments.ts'
import { accountOf } from '../../protocol/account.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import { toDigits } from '../../protocol/bytes.ts'
import { loadTabKey, replaceTabKey } from '../../provider/tab-account.ts'
import { loadNetwork } from '../network.ts'
import { openPageChain } from '../page-chain.ts'
import { packSent, parseSent } from './sent.ts'
import { Wallet } from './wallet.svelte.ts'

/** Opens the wallet of this browser on the network of this page. Throws `unreachable`, `malformed` or `storage`. */
export async function openWallet(): Promise<Wallet> {
  const network = await loadNetwork(AbortSignal.timeout(20_000))
  const chain = openPageChain(network)
  const readers = new Map<string, EarnedReader>()
  const wallet = new Wallet(network, async (role) => {
    const key = await loadTabKey(role)
    const account = accountOf(key)
    const place = `weft.sent.${network.chainId}-${network.genesis.slice(2, 10)}-${account}`
    return {
      account,
      balance: () => balanceOf(chain, account),
      earned: (payees) => {
        const reader = readers.get(payees.join()) ?? new EarnedReader(chain, payees)
        readers.set(payees.join(), reader)
        return reader.read()
      },
      credit: () => readCredit(chain, ZERO_ADDRESS, account),
      takeCredit: async () => void (await claimCredit(chain, key, { token: ZERO_ADDRESS, account })),
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
