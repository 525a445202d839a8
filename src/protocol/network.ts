import type { Address } from './address.ts'
import { readAddress } from './address.ts'
import type { ChainName } from './announcement.ts'
import { fromHex, toHex } from './bytes.ts'
import { Failure, malformed } from './failure.ts'
import { readBoolean, readInteger, readList, readRecord, readText } from './read.ts'

/** What a page or a command must know to join a network: served as `/network.json`. */
export type Network = ChainName & {
  readonly escrow: Address
  /** Where the chain is asked; a path is on the page's own origin. */
  readonly rpc: string
  /** Where test coins come from; absent on a chain whose coins are worth something. */
  readonly faucet?: string
  readonly relays: readonly string[]
  /** STUN servers for WebRTC; none on one machine. */
  readonly iceServers: readonly string[]
  readonly currency: string
  readonly isTest: boolean
}

/** Reads a network description. Throws `malformed` with the field's path. */
export function parseNetwork(value: unknown): Network {
  const path = 'network'
  const fields = [
    'chainId',
    'genesis',
    'escrow',
    'rpc',
    'faucet',
    'relays',
    'iceServers',
    'currency',
    'isTest',
  ]
  const record = readRecord(value, path, fields)
  const genesis = fromHex(readText(record.genesis, 'network.genesis', 66), 'network.genesis')
  if (genesis.length !== 32) throw malformed('network.genesis', '32 bytes', genesis)
  const urls = (name: string): string[] =>
    readList(record[name], `network.${name}`, {
      max: 16,
      read: (entry, place) => readText(entry, place, 300),
    })
  const network: Network = {
    chainId: readInteger(record.chainId, 'network.chainId', [1, 2 ** 32]),
    genesis: toHex(genesis),
    escrow: readAddress(record.escrow, 'network.escrow'),
    rpc: readText(record.rpc, 'network.rpc', 300),
    relays: urls('relays'),
    iceServers: urls('iceServers'),
    currency: readText(record.currency, 'network.currency', 12),
    isTest: readBoolean(record.isTest, 'network.isTest'),
  }
  return record.faucet === undefined
    ? network
    : { ...network, faucet: readText(record.faucet, 'network.faucet', 300) }
}

/** Checks that a chain is the one the network names. Throws `refused`: a chain that was started afresh is another chain. */
export function checkChain(network: Network, found: ChainName): void {
  if (network.chainId === found.chainId && network.genesis === found.genesis) return
  const name = (chain: ChainName): string => `${chain.chainId} with genesis ${chain.genesis.slice(0, 10)}…`
  throw new Failure(
    'refused',
    `The chain at ${network.rpc} is ${name(found)}; this network is on ${name(network)}. Load the network again`,
  )
}
