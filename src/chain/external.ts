import type { Config, Connector } from '@wagmi/core'
import {
  connect,
  createConfig,
  disconnect,
  getConnection,
  getConnectors,
  injected,
  reconnect,
  sendTransaction,
  switchChain,
  watchConnection,
  watchConnectors,
} from '@wagmi/core'
import { BaseError, defineChain, http, ResourceUnavailableRpcError, UserRejectedRequestError } from 'viem'
import type { Address } from '../protocol/address.ts'
import { readAddress } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import type { Wei } from '../protocol/wei.ts'
import { chainInfo } from './chains.ts'
import { explainCall } from './transaction/explain-call.ts'

/** A wallet that this browser has. */
export type ExternalWallet = { readonly id: string; readonly name: string }

/** The wallets of this browser, and the account of the one that is connected. */
export type ExternalView = {
  readonly wallets: readonly ExternalWallet[]
  readonly connected:
    | {
        readonly wallet: string
        readonly account: Address
        readonly isRightChain: boolean
        readonly chain: string
      }
    | undefined
}

/** The chain that the page works on, as a wallet may have to be told of it. */
export type ExternalOptions = {
  readonly chainId: number
  readonly currency: string
  readonly isTest: boolean
  /** Absolute. */
  readonly rpcUrl: string
}

/** The wallets beside this page: each call asks one, and throws `cancelled` when its owner says no. */
export type External = {
  connect(id: string): Promise<void>
  disconnect(): Promise<void>
  /** Asks the wallet to change to the page's chain; one that does not know it is told of it. */
  switchChain(): Promise<void>
  /** Sends coins from the wallet's account; resolves with the transaction, which is then on its way. */
  pay(to: Address, amount: Wei): Promise<Hex>
}

/** Finds the wallets of this browser (EIP-6963) and takes up the one that was connected before. `onView` hears of every change. */
export async function openExternal(
  options: ExternalOptions,
  onView: (view: ExternalView) => void,
  signal: AbortSignal,
): Promise<External> {
  const config = makeConfig(options)
  const show = (): void => onView(viewOf(config, options.chainId))
  for (const end of [
    watchConnection(config, { onChange: show }),
    watchConnectors(config, { onChange: show }),
  ])
    signal.addEventListener('abort', end, { once: true })
  await reconnect(config)
  show()
  const { chainId } = options
  return {
    connect: (id) =>
      asked('connect', async () => {
        const connector = getConnectors(config).find((one) => one.id === id)
        if (connector === undefined) throw new Failure('refused', 'connect: this wallet is gone')
        await connect(config, { connector })
      }),
    disconnect: () => asked('disconnect', () => disconnect(config)),
    switchChain: () => asked('switch chain', async () => void (await switchChain(config, { chainId }))),
    pay: (to, amount) => asked('pay', () => sendTransaction(config, { chainId, to, value: amount })),
  }
}

function makeConfig({ chainId, currency, isTest, rpcUrl }: ExternalOptions): Config {
  const chain = defineChain({
    id: chainId,
    name: chainInfo(chainId).name,
    nativeCurrency: { name: currency, symbol: currency, decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
    testnet: isTest,
  })
  return createConfig({
    chains: [chain],
    connectors: [injected()],
    transports: { [chainId]: http(rpcUrl) },
  })
}

function viewOf(config: Config, chainId: number): ExternalView {
  const connection = getConnection(config)
  const wallets = getConnectors(config).filter(isThere).map(nameOf)
  if (connection.status !== 'connected') return { wallets, connected: undefined }
  return {
    wallets,
    connected: {
      wallet: nameOf(connection.connector).name,
      account: readAddress(connection.address, 'wallet.account'),
      isRightChain: connection.chainId === chainId,
      chain: chainInfo(connection.chainId).name,
    },
  }
}

/** The connector for a wallet without a name of its own is always listed, even where there is none. */
function isThere({ id }: Connector): boolean {
  return id !== 'injected' || 'ethereum' in window
}

function nameOf({ id, name }: Connector): ExternalWallet {
  return { id, name: id === 'injected' ? 'Wallet of this browser' : name }
}

/** Asks a wallet; whatever it throws becomes one `Failure`. */
async function asked<T>(action: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (is(error, UserRejectedRequestError))
      throw new Failure('cancelled', 'You said no in the wallet. Nothing was sent', { cause: error })
    if (is(error, ResourceUnavailableRpcError))
      throw new Failure('refused', 'The wallet has a question open already. Answer it there first', {
        cause: error,
      })
    throw explainCall(action, error)
  }
}

function is(
  error: unknown,
  kind: typeof UserRejectedRequestError | typeof ResourceUnavailableRpcError,
): boolean {
  if (error instanceof BaseError) return error.walk((cause) => cause instanceof kind) !== null
  return typeof error === 'object' && error !== null && 'code' in error && error.code === kind.code
}
