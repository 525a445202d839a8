import '../p2p/node/node-shims.ts'
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import type { Libp2p } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import { baseConfig } from '../p2p/node/libp2p-config.ts'
import type { Listen } from '../p2p/server-node.ts'
import { listenFailure, socketAddress } from '../p2p/server-node.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { malformed } from '../protocol/failure.ts'
import type { RegistryLimits } from './registry-server.ts'
import { serveRegistry } from './registry-server.ts'
import type { RelayerOptions } from './relayer/open-relayer.ts'
import { openRelayer } from './relayer/open-relayer.ts'

/** What a relay gives at most. */
export type RelayLimits = RegistryLimits & {
  readonly maxConnections: number
  /** Peers that can be reached through this relay. */
  readonly maxReservations: number
  /** What one relayed connection may carry, and for how long. */
  readonly relayedBytes: bigint
  readonly relayedMs: number
}

export type RelayOptions = {
  /** Keep it: peers hold the relay's peer id in their addresses. */
  readonly key: PrivateKey
  /** 127.0.0.1 without. */
  readonly host?: string
  /** 0, any free port, without. */
  readonly port?: number
  /** The addresses to tell others instead, without a peer id, as behind a proxy that ends TLS. */
  readonly announce?: readonly string[]
  readonly limits?: Partial<RelayLimits>
  /** With it the relay sends calls of the escrow for peers without gas. */
  readonly relayer?: RelayerOptions
}

export type RelayStats = {
  readonly connections: number
  readonly reservations: number
  readonly announcements: number
  readonly watchers: number
  /** Lists of leaves that it mirrors. */
  readonly lists: number
}

/** A running relay. It lives until the signal it was started with aborts. */
export type Relay = {
  readonly peerId: string
  /** Multiaddrs that end in the relay's peer id: what the other peers' list of relays holds. */
  readonly addresses: readonly string[]
  stats(): RelayStats
  /** Resolves when it has stopped and its port is free. */
  readonly stopped: Promise<void>
}

/** Enough that a small job can run over a relayed path. `relayedBytes` must not lie in [2^31, 2^32): protons garbles it. */
const DEFAULT_LIMITS: RelayLimits = {
  maxConnections: 10_000,
  maxReservations: 5_000,
  relayedBytes: 64n << 20n,
  relayedMs: 600_000,
  maxAnnouncements: 20_000,
  maxPerPublisher: 64,
  maxMirrorBytes: 256 << 20,
  maxMirrorBytesPerPublisher: 16 << 20,
  budget: { framesPerSecond: 10, bytesPerSecond: 32 * 1024, burstSeconds: 10 },
}

/**
 * A reservation ends with its peer's connection. libp2p's timer of a reservation fires, once renewed twice, for all
 * its renewals, and a peer would be out of reach without knowing: so it is set beyond a tab's life.
 */
const RESERVATION_MS = 7 * 24 * 3_600_000

/** Starts a relay: it introduces peers, carries what cannot go directly, and keeps the registry. Throws `malformed`, `unreachable`. */
export async function startRelay(options: RelayOptions, signal: AbortSignal): Promise<Relay> {
  const limits = checked({ ...DEFAULT_LIMITS, ...options.limits })
  const { host = '127.0.0.1', port = 0, announce = [] } = options
  const listen: Listen = { host, port }
  const base = baseConfig(options.key, limits)
  try {
    const libp2p = await createLibp2p({
      ...base,
      addresses: { listen: [socketAddress(listen)], announce: [...announce] },
      transports: [webSockets()],
      services: { ...base.services, circuit: circuitRelayServer(relayInit(limits)) },
    })
    freeReservations(libp2p)
    const registry = await serveRegistry(libp2p, { limits }, signal)
    if (options.relayer !== undefined) await openRelayer(libp2p, options.relayer)
    return {
      peerId: libp2p.peerId.toString(),
      addresses: libp2p.getMultiaddrs().map(String),
      stats: () => ({
        connections: libp2p.getConnections().length,
        reservations: libp2p.services.circuit.reservations.size,
        ...registry.stats(),
      }),
      stopped: stopOn(libp2p, signal),
    }
  } catch (error) {
    throw listenFailure(error, listen)
  }
}

function relayInit(limits: RelayLimits) {
  return {
    maxInboundHopStreams: 64,
    maxOutboundStopStreams: limits.maxConnections,
    reservations: {
      maxReservations: limits.maxReservations,
      reservationTtl: RESERVATION_MS,
      defaultDataLimit: limits.relayedBytes,
      defaultDurationLimit: limits.relayedMs,
    },
  }
}

/** libp2p writes a 64-bit number wrongly where its lower half has the top bit set. */
function checked(limits: RelayLimits): RelayLimits {
  const { relayedBytes, relayedMs } = limits
  if (relayedBytes < 1n || relayedBytes >= 1n << 31n)
    throw malformed('limits.relayedBytes', 'from 1 to 2147483647 bytes', relayedBytes)
  if (!Number.isInteger(relayedMs) || relayedMs < 1 || relayedMs >= 2 ** 31)
    throw malformed('limits.relayedMs', 'from 1 to 2147483647 ms', relayedMs)
  return limits
}

type RelayNode = Libp2p<{ circuit: CircuitRelayService }>

/** A peer that has gone gives its reservation back at once; libp2p would hold it for two hours. */
function freeReservations(libp2p: RelayNode): void {
  const { reservations } = libp2p.services.circuit
  libp2p.addEventListener('peer:disconnect', ({ detail: peer }) => {
    reservations.get(peer)?.signal.clear()
    reservations.delete(peer)
  })
}

async function stopOn(libp2p: Libp2p, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
  await libp2p.stop()
}
