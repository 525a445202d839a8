/** What a reader and a peer need to know of a chain. */
export type ChainInfo = {
  readonly chainId: number
  readonly name: string
  readonly currency: string
  /** Its coins are worth nothing: every amount is labelled as test money. */
  readonly isTest: boolean
  /** Blocks after which a deposit or a payment counts. */
  readonly confirmations: number
}

/** The chain that `npm start` runs on this machine. */
export const LOCAL_CHAIN_ID = 31337

const DAY_SECONDS = 86_400

/** The chains that are known by name; every other works too. docs/chains.md has the same list. */
export const CHAINS: readonly ChainInfo[] = [
  { chainId: LOCAL_CHAIN_ID, name: 'Local chain', currency: 'ETH', isTest: true, confirmations: 1 },
  { chainId: 11155111, name: 'Sepolia', currency: 'ETH', isTest: true, confirmations: 2 },
  { chainId: 84532, name: 'Base Sepolia', currency: 'ETH', isTest: true, confirmations: 6 },
  { chainId: 11155420, name: 'OP Sepolia', currency: 'ETH', isTest: true, confirmations: 6 },
  { chainId: 421614, name: 'Arbitrum Sepolia', currency: 'ETH', isTest: true, confirmations: 20 },
  { chainId: 1, name: 'Ethereum', currency: 'ETH', isTest: false, confirmations: 12 },
  { chainId: 8453, name: 'Base', currency: 'ETH', isTest: false, confirmations: 30 },
  { chainId: 10, name: 'OP Mainnet', currency: 'ETH', isTest: false, confirmations: 30 },
  { chainId: 42161, name: 'Arbitrum One', currency: 'ETH', isTest: false, confirmations: 120 },
  { chainId: 137, name: 'Polygon', currency: 'POL', isTest: false, confirmations: 30 },
  { chainId: 100, name: 'Gnosis', currency: 'xDAI', isTest: false, confirmations: 12 },
]

/** Describes a chain. One that is not in the list is taken for real money. */
export function chainInfo(chainId: number): ChainInfo {
  const info = CHAINS.find((chain) => chain.chainId === chainId)
  return info ?? { chainId, name: `Chain ${chainId}`, currency: 'coins', isTest: false, confirmations: 12 }
}

/** The shortest delays, in seconds, that a provider accepts in a job's terms on this chain. */
export function minDelaySeconds(chainId: number): number {
  return chainId === LOCAL_CHAIN_ID ? 1 : DAY_SECONDS
}
