import './node/node-shims.ts'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import type { PrivateKey } from '../protocol/account.ts'
import { Failure, malformed, reason } from '../protocol/failure.ts'
import { baseConfig, relayListen, relayTransport } from './node/libp2p-config.ts'
import { wrapLibp2p } from './node/libp2p-node.ts'
import type { Backoff } from './node/relay-supervisor.ts'
import type { PeerNode } from './peer-node.ts'

/** Where a Node process listens for websockets: an IP address and a port (0: any free one). */
export type Listen = {
  readonly host: string
  readonly port: number
  /** The addresses to tell others instead, without a peer id, as behind a proxy that ends TLS. */
  readonly announce?: readonly string[]
}

export type ServerNodeOptions = {
  /** The key of the peer: its account. */
  readonly key: PrivateKey
  /** Multiaddrs of the relays to be reached through, each ending in the relay's peer id. */
  readonly relays: readonly string[]
  /** Without it the node only dials. */
  readonly listen?: Listen
  /** How fast lost relays are dialled again. */
  readonly backoff?: Backoff
}

const LIMITS = { maxConnections: 10_000 }

/** Opens a peer in Node: it listens on a websocket and dials websockets and relayed connections. Throws `malformed`, `unreachable`. */
export async function openServerNode(options: ServerNodeOptions, signal: AbortSignal): Promise<PeerNode> {
  const { key, relays, listen } = options
  const sockets = listen === undefined ? [] : [socketAddress(listen)]
  try {
    const libp2p = await createLibp2p({
      ...baseConfig(key, LIMITS),
      addresses: { listen: [...sockets, ...relayListen(relays)] },
      transports: [webSockets(), relayTransport(LIMITS)],
    })
    return wrapLibp2p(libp2p, { ...options, ...(listen?.announce && { announce: listen.announce }) }, signal)
  } catch (error) {
    throw listenFailure(error, listen)
  }
}

/** The multiaddr of a websocket listener. Throws `malformed`. */
export function socketAddress({ host, port }: Listen): string {
  if (!/^[0-9.]+$|:/.test(host)) throw malformed('listen.host', 'an IP address', host)
  return `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/${port}/ws`
}

/** Says why a node could not start; a port that is taken is the usual cause. */
export function listenFailure(error: unknown, listen: Listen | undefined): unknown {
  if (error instanceof Failure || listen === undefined) return error
  const text = `cannot listen on ${listen.host} port ${listen.port}: ${reason(error)}`
  return new Failure('unreachable', text, { cause: error })
}
