import type { Chain } from '../../chain/chain.ts'
import { chainIdentity, confirmedBlock, openChain } from '../../chain/chain.ts'
import { chainInfo, LOCAL_CHAIN_ID } from '../../chain/chains.ts'
import { deployEscrow, isDeployed, requireEscrow } from '../../chain/deploy.ts'
import { fund } from '../../chain/faucet.ts'
import { accountOf, makeKey, type PrivateKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Network } from '../../protocol/network.ts'
import { toWei } from '../../protocol/wei.ts'
import { startRelay } from '../../relay/relay.ts'
import type { RelayerOptions } from '../../relay/relayer/open-relayer.ts'
import { PORTS, pickPort } from '../ports.ts'
import { type Faucet, makeFaucet } from '../web/faucet.ts'
import { serve } from '../web/serve.ts'
import { type LocalChain, startAnvil } from './anvil.ts'

/** What a network on this machine is made of. */
export type NetworkOptions = {
  /** Where its chain is kept; held by the caller (`holdFolder`). */
  readonly folder: string
  /** The folder of the built web app. */
  readonly webFolder: string
  /** The port of the web app, if a certain one is asked for; 0 takes any free port, also for chain and relay. */
  readonly port?: number | undefined
  /** The key of the relay: its peer id is in the addresses that tabs keep. */
  readonly relayKey: PrivateKey
  /** A chain that runs already and is used instead of one of its own. */
  readonly chainRpc?: string
  /** The escrow, if it is not at the address that it has on every chain. */
  readonly contract?: Address
  report(line: string): void
}

/** A network that runs on this machine, on a chain of its own or another. */
export type LocalNetwork = {
  /** What pages are told; `rpc` and `faucet` are paths on their origin. */
  readonly network: Network
  readonly chain: Chain
  readonly rpcUrl: string
  /** The address of the web app. */
  readonly url: string
}

/** The use of a network: it gets the network and returns, early or when the signal aborts. */
export type NetworkUse<T> = (network: LocalNetwork, signal: AbortSignal) => Promise<T>

const LOCAL_POLL_MS = 200
const POLL_MS = 4_000
const DEPLOY_WEI = toWei(10n ** 18n)

/**
 * Starts chain, contract, relay and web server, lets `use` work with them, and ends them in the reverse order, the chain last.
 * Throws what a part throws at its start, and `unreachable` when the chain ends by itself.
 */
export async function withNetwork<T>(
  options: NetworkOptions,
  use: NetworkUse<T>,
  signal: AbortSignal,
): Promise<T> {
  const { report } = options
  const [web, chain, relay] = [options.port, ...(options.port === 0 ? [0, 0] : [])]
  const ports = {
    web: await pickPort({ name: 'web', usual: PORTS.web, wanted: web, report }),
    relay: await pickPort({ name: 'relay', usual: PORTS.relay, wanted: relay, report }),
  }
  const chainStop = new AbortController()
  const anvil = await startChain({ ...options, port: chain }, chainStop.signal)
  const chainLoss = new AbortController()
  void anvil.ended.then((why) => chainLoss.abort(why && new Failure('unreachable', why)))
  try {
    const ends = AbortSignal.any([signal, chainLoss.signal])
    const result = await useParts({ ...options, ports, rpcUrl: anvil.rpcUrl }, use, ends)
    chainLoss.signal.throwIfAborted()
    return result
  } catch (error) {
    chainLoss.signal.throwIfAborted()
    throw error
  } finally {
    chainStop.abort()
    await anvil.ended
  }
}

/** A chain of its own, or one that runs already: that one only counts as ended when it is not used any more. */
async function startChain(
  options: NetworkOptions,
  signal: AbortSignal,
): Promise<Pick<LocalChain, 'rpcUrl' | 'ended'>> {
  const { chainRpc } = options
  if (chainRpc === undefined) return startAnvil(options, signal)
  const ended = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  return { rpcUrl: chainRpc, ended }
}

type PartOptions = NetworkOptions & {
  readonly ports: { readonly web: number; readonly relay: number }
  readonly rpcUrl: string
}

async function useParts<T>(options: PartOptions, use: NetworkUse<T>, signal: AbortSignal): Promise<T> {
  const { ports, rpcUrl, relayKey, webFolder, report } = options
  const stop = new AbortController()
  const ends: Promise<void>[] = []
  try {
    const { chainId } = await chainIdentity(openChain({ rpcUrl }))
    const isLocal = chainId === LOCAL_CHAIN_ID
    const chain = openChain({
      rpcUrl,
      confirmations: chainInfo(chainId).confirmations,
      pollMs: isLocal ? LOCAL_POLL_MS : POLL_MS,
      ...(options.contract === undefined ? {} : { escrow: options.contract }),
    })
    if (isLocal && options.contract === undefined) await deploy(chain, report)
    else await requireEscrow(chain)
    const faucet = isLocal ? { faucet: makeFaucet(chain) } : {}
    const relayer = faucet.faucet && { relayer: localRelayer(chain, faucet.faucet) }
    const relay = await startRelay({ key: relayKey, port: ports.relay, ...relayer }, stop.signal)
    ends.push(relay.stopped)
    const network = await describeNetwork(chain, relay.addresses)
    const health = async () => ({ block: Number(await confirmedBlock(chain)), relay: relay.stats() })
    const site = await serve(
      { folder: webFolder, port: ports.web, network, rpcUrl, ...faucet, health },
      stop.signal,
    )
    ends.push(site.ended)
    return await use({ network, chain, rpcUrl, url: site.url }, signal)
  } finally {
    stop.abort()
    await Promise.all(ends)
  }
}

/** Where coins are free a key of the moment sends calls for those who have none, filled from the faucet whenever it is low. */
function localRelayer(chain: Chain, faucet: Faucet): RelayerOptions {
  const key = makeKey()
  const refill = async (): Promise<void> => {
    await faucet(accountOf(key))
  }
  return { chain, key, refill, questionsPerMinute: 600 }
}

/** Anybody may deploy the escrow: it has no owner. So a key of the moment, filled from the faucet, does it. */
async function deploy(chain: Chain, report: (line: string) => void): Promise<void> {
  if (await isDeployed(chain, chain.escrow)) return
  report('Deploying the escrow contract')
  const key = makeKey()
  await fund(chain, accountOf(key), DEPLOY_WEI)
  await deployEscrow(chain, key)
}

async function describeNetwork(chain: Chain, relays: readonly string[]): Promise<Network> {
  const identity = await chainIdentity(chain)
  const { currency, isTest } = chainInfo(identity.chainId)
  const paths = { rpc: '/rpc', ...(identity.chainId === LOCAL_CHAIN_ID ? { faucet: '/faucet' } : {}) }
  return { ...identity, ...paths, escrow: chain.escrow, relays, iceServers: [], currency, isTest }
}
