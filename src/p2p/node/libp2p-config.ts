import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import type { PrivateKey } from '../../protocol/account.ts'

/** Reservations beyond those of our own relays, so that a relay dialled to reach somebody never takes their place. */
const SPARE_RESERVATIONS = 2

/** What every node of ours has in common: identity, encryption, limits. Transports and addresses come from the caller. */
export function baseConfig(key: PrivateKey, { maxConnections }: { maxConnections: number }) {
  return {
    privateKey: privateKeyFromRaw(key),
    // Told to every peer; the default names the visitor's browser.
    nodeInfo: { name: 'weft', version: '1', userAgent: 'weft/1' },
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // It pings every connection every 10 s; our own streams have a heartbeat.
    connectionMonitor: { enabled: false },
    // The defaults take five new connections a second from one host: a school, or all tabs of one machine.
    connectionManager: {
      maxConnections,
      inboundConnectionThreshold: 10_000,
      maxIncomingPendingConnections: 1_000,
    },
    services: { identify: identify(), ping: ping() },
  }
}

/** The transport that reaches and is reached through relays. */
export function relayTransport({ maxConnections }: { maxConnections: number }) {
  return circuitRelayTransport({
    maxInboundStopStreams: maxConnections,
    maxOutboundStopStreams: maxConnections,
    reservationConcurrency: 4,
  })
}

/** The addresses to listen on in order to be reached through `relays`: one search for each. */
export function relayListen(relays: readonly string[]): string[] {
  return relays.length === 0 ? [] : Array(relays.length + SPARE_RESERVATIONS).fill('/p2p-circuit')
}
