import type { BrowserContext } from '@playwright/test'
import type { Chain } from '../../src/chain/chain.ts'
import { balanceOf } from '../../src/chain/chain.ts'
import { quoteTransfer, sendCoins } from '../../src/chain/wallet.ts'
import type { PrivateKey } from '../../src/protocol/account.ts'
import { accountOf } from '../../src/protocol/account.ts'
import { readAddress } from '../../src/protocol/address.ts'
import { reason } from '../../src/protocol/failure.ts'
import { toWei } from '../../src/protocol/wei.ts'

/** A wallet beside the page, with a key of its own: it announces itself as wallets do (EIP-6963) and really sends. */
export type TestWallet = {
  /** The chain it is on, in hexadecimal digits. */
  chainId: string
  /** Whether its owner says no to what it is asked next. */
  isRejecting: boolean
  /** The questions that its owner was asked. */
  readonly asked: string[]
}

type Answer = {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}
type Params = readonly Record<string, unknown>[]

const NAME = 'Loom Wallet'

/** Installs such a wallet in every page of a browser profile. It begins on Ethereum and has not heard of `chain`. */
export async function installWallet(
  context: BrowserContext,
  { chain, key, rpc }: { readonly chain: Chain; readonly key: PrivateKey; readonly rpc: string },
): Promise<TestWallet> {
  const wallet: TestWallet = { chainId: '0x1', isRejecting: false, asked: [] }
  const known = new Set(['0x1'])
  const account = accountOf(key)
  let isGranted = false

  const ask = (question: string): Answer | undefined => {
    wallet.asked.push(question)
    return wallet.isRejecting ? refuse(4001, 'User rejected the request.') : undefined
  }
  const send = async ([{ to, value } = {}]: Params): Promise<Answer> => {
    const amount = toWei(BigInt(String(value)))
    const receiver = readAddress(to, 'to')
    if ((await balanceOf(chain, account)) < amount) return refuse(-32000, 'insufficient funds for transfer')
    const fee = await quoteTransfer(chain, { from: account, to: receiver })
    const sent = await sendCoins(chain, key, { to: receiver, amount, fee, isAll: false })
    return { result: sent.hash }
  }
  const answers: Record<string, (params: Params) => Answer | Promise<Answer>> = {
    eth_chainId: () => ({ result: wallet.chainId }),
    eth_accounts: () => ({ result: isGranted ? [account] : [] }),
    eth_requestAccounts: () => {
      const no = ask('connect')
      isGranted ||= no === undefined
      return no ?? { result: [account] }
    },
    wallet_revokePermissions: () => {
      isGranted = false
      return { result: null }
    },
    wallet_switchEthereumChain: ([{ chainId } = {}]) => {
      if (!known.has(String(chainId))) return refuse(4902, 'Unrecognized chain ID')
      wallet.chainId = String(chainId)
      return { result: null }
    },
    wallet_addEthereumChain: ([{ chainId } = {}]) => {
      const no = ask('add a chain')
      if (no !== undefined) return no
      known.add(String(chainId))
      wallet.chainId = String(chainId)
      return { result: null }
    },
    eth_sendTransaction: (params) => ask('send') ?? send(params),
  }
  /** What it does not answer itself a chain does; methods of other wallets are none. */
  const others = (method: string) => (params: Params) =>
    method.startsWith('wallet_')
      ? refuse(-32601, `The method "${method}" does not exist`)
      : forward(rpc, method, params)
  await context.exposeFunction('weftTestWallet', async (method: string, params: Params): Promise<Answer> => {
    try {
      return await (answers[method] ?? others(method))(params)
    } catch (error) {
      return refuse(-32603, reason(error))
    }
  })
  await context.addInitScript(announce, NAME)
  return wallet
}

function refuse(code: number, message: string): Answer {
  return { error: { code, message } }
}

async function forward(rpc: string, method: string, params: Params): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  return (await fetch(rpc, { method: 'POST', headers, body })).json()
}

/** Runs in every page before its scripts. */
function announce(name: string): void {
  const listeners = new Map<string, Set<(value: unknown) => void>>()
  const provider = {
    async request({ method, params = [] }: { method: string; params?: unknown }): Promise<unknown> {
      const ask = Reflect.get(window, 'weftTestWallet')
      const { result, error } = await ask(method, params)
      if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code })
      if (/^wallet_(switch|add)EthereumChain$/.test(method)) {
        const { result: chainId } = await ask('eth_chainId', [])
        for (const listener of listeners.get('chainChanged') ?? []) listener(chainId)
      }
      return result
    },
    on(event: string, listener: (value: unknown) => void): void {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener))
    },
    removeListener(event: string, listener: (value: unknown) => void): void {
      listeners.get(event)?.delete(listener)
    },
  }
  const info = {
    uuid: '6f0c1d1e-6c0c-4c3e-9d53-4f8f6f6c5a01',
    name,
    icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
    rdns: 'test.weft.loom',
  }
  const detail = Object.freeze({ info, provider })
  const tell = (): boolean => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }))
  addEventListener('eip6963:requestProvider', tell)
  tell()
}
