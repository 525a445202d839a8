import { chainIdentity, openChain } from '../chain/chain.ts'
import { chainInfo, LOCAL_CHAIN_ID } from '../chain/chains.ts'
import { openRegistry } from '../p2p/registry/registry.ts'
import { openRelayers } from '../p2p/relayer/relayers.ts'
import { openTabNode } from '../p2p/tab-node.ts'
import type { PrivateKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import { Failure } from '../protocol/failure.ts'
import type { Network } from '../protocol/network.ts'
import { checkChain } from '../protocol/network.ts'
import { openBestTabStore } from '../store/best-tab-store.ts'
import type { Store, Values } from '../store/store.ts'
import { loadBestKey } from '../store/tab-keys.ts'
import { openSandbox } from '../worker/sandbox.ts'
import { Admission } from './admission/admission.ts'
import { LateCashOuts } from './cash-out/late-cash-outs.ts'
import { Engine, SETTINGS } from './engine.ts'
import { thisMachine } from './governor/machine.ts'
import { Pause } from './governor/pause.ts'
import { chainKey, voidedOn, within } from './money/chains-seen.ts'
import { Notices } from './money/guard/notices.ts'
import { Purse } from './money/purse.ts'
import { TokenBook } from './money/token-book.ts'
import { DEFAULT_SETTINGS, MAX_CPU_WORKERS, parseSettings } from './settings.ts'
import type { ProviderSettings, TabProvider } from './state.ts'
import { TabSession } from './tab-session.ts'

export type TabProviderOptions = {
  readonly network: Network
  /** Where the sandbox frame is put. */
  readonly container: HTMLElement
  /** In a frame on another site the payee is the site's owner, and what the browser refuses to keep is kept in memory. */
  readonly isEmbed: boolean
  readonly payee?: Address
}

/** The name of the provider's key in this browser. */
const PROVIDER_KEY = 'provider'

/**
 * Starts the provider of this browser until the signal aborts. When another tab works already it resolves with a provider
 * that shows what that tab does and takes over when it closes. Throws `unreachable`, `refused`, `unsupported` or `storage`.
 */
export async function startTabProvider(
  options: TabProviderOptions,
  signal: AbortSignal,
): Promise<TabProvider> {
  const { store } = await openBestTabStore(options.isEmbed ? 'weft-embed' : 'weft-provider', signal)
  if (!options.isEmbed) void navigator.storage.persist() // statements are worth money; a browser short of space should not drop them
  const { key } = await loadBestKey(PROVIDER_KEY)
  const settings = await loadSettings(store, options)
  const open = (as: PrivateKey, until: AbortSignal): Promise<Engine> =>
    openEngine({ ...options, store, key: as }, until)
  const session = new TabSession({ open, store, settings, key }, signal)
  await session.begin()
  return session
}

/** Opens all the parts of a provider and sets it to work. */
async function openEngine(
  { network, container, store, key, ...options }: TabProviderOptions & { store: Store; key: PrivateKey },
  signal: AbortSignal,
): Promise<Engine> {
  const { confirmations } = chainInfo(network.chainId)
  const isLocal = network.chainId === LOCAL_CHAIN_ID
  const rpcUrl = new URL(network.rpc, location.href).href
  const chain = openChain({ rpcUrl, escrow: network.escrow, pollMs: isLocal ? 250 : 4_000, confirmations })
  const chainName = await chainIdentity(chain)
  checkChain(network, chainName)
  const settings = await loadSettings(store, options)
  const sandbox = await openSandbox({
    url: '/sandbox.html',
    container,
    cpuWorkers: settings.cpuWorkers,
    signal,
  })
  const iceServers = network.iceServers.map((urls) => ({ urls }))
  const node = await openTabNode({ key, relays: network.relays, iceServers }, signal)
  const openPurse = (values: Values): Promise<Purse> => Purse.open(chain, values)
  const values = within(store.values, chainKey(chainName))
  const purse = await openPurse(values)
  const relayers = openRelayers(node, signal)
  const tokens = new TokenBook({ chain, chainId: network.chainId, nowMs: () => Date.now() })
  const paying = { chain, chainId: network.chainId, values, purse, tokens, relayers, key }
  const browser = navigator.userAgent
  const admissionPorts = { sandbox, values: store.values, browser, nowMs: () => Date.now() }
  const engine = new Engine(
    {
      node,
      registry: openRegistry(node, signal),
      chain,
      chainName,
      sandbox,
      admission: await Admission.open(admissionPorts, signal),
      store,
      purse,
      tokens,
      values,
      relayers,
      notices: await Notices.open(values),
      pause: await Pause.open(store.values),
      machine: thisMachine(),
      cashOuts: await LateCashOuts.open(paying),
      voided: await voidedOn(store.values, chainName, async (values) => (await openPurse(values)).money()),
      key,
      settings,
      maxCpuWorkers: Math.min(MAX_CPU_WORKERS, navigator.hardwareConcurrency || 1),
      moneyMs: isLocal ? 1_500 : 30_000,
      nowMs: () => Date.now(),
    },
    signal,
  )
  void engine.run()
  return engine
}

/** The settings of the last visit; a payee that the page names wins. */
async function loadSettings(
  store: Store,
  { payee }: Pick<TabProviderOptions, 'payee'>,
): Promise<ProviderSettings> {
  const kept = await store.values.get(SETTINGS)
  const settings = kept === undefined ? DEFAULT_SETTINGS : readKept(kept)
  return payee === undefined ? settings : { ...settings, payee }
}

/** Settings of another version of this page are no reason not to start. */
function readKept(kept: unknown): ProviderSettings {
  try {
    return parseSettings(kept)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return DEFAULT_SETTINGS
  }
}
