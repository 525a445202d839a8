import type { Connection, Libp2p, PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import { multiaddr } from '@multiformats/multiaddr'
import { Failure, malformed } from '../../protocol/failure.ts'
import type { Path, PeerTarget } from '../peer-node.ts'
import { pathOf, pathOfAddress } from '../stream/connection.ts'
import { explain } from './explain.ts'

const WEBRTC_TIMEOUTS_MS = [4_000, 4_000, 6_000]
const SOCKET_TIMEOUT_MS = 8_000
/** How long a relayed connection is good enough after WebRTC has failed, before it is tried again. */
const WEBRTC_REST_MS = 60_000
const RETIRE_MS = 10_000

type Attempt = { readonly path: Path; readonly addresses: Multiaddr[]; readonly timeoutMs: number }

/** Connects to peers by the best path that works, and remembers where WebRTC did not. */
export class Dialer {
  readonly #libp2p: Libp2p
  readonly #webrtcFailedAt = new Map<string, number>()
  /** WebRTC failed with somebody who was there, and succeeded with nobody since: one try each, then the relayed path. */
  #isWebrtcDoubtful = false

  constructor(libp2p: Libp2p) {
    this.#libp2p = libp2p
  }

  /** Gives a connection, an open one if there is one. Throws `unreachable` with each path's trouble, or `cancelled`. */
  async connect(target: PeerTarget, signal: AbortSignal): Promise<Connection> {
    const peer = readPeer(target.peer)
    const open = this.#best(peer)
    if (open !== undefined && (pathOf(open) !== 'relayed' || this.#isResting(target.peer))) return open
    const troubles: string[] = []
    let hasTriedWebrtc = false
    for (const attempt of plan(target, { troubles, webrtcTimeoutsMs: this.#webrtcTimeoutsMs() })) {
      throwIfCancelled(signal)
      try {
        const connection = await this.#attempt(peer, attempt, signal)
        if (hasTriedWebrtc) this.#isWebrtcDoubtful = pathOf(connection) === 'relayed'
        return connection
      } catch (error) {
        throwIfCancelled(signal)
        troubles.push(`${attempt.path}: ${explain(error)}`)
        hasTriedWebrtc ||= attempt.path === 'webrtc'
      }
    }
    const list = troubles.length > 0 ? [...new Set(troubles)].join('; ') : 'it announced no address'
    throw new Failure('unreachable', `peer ${target.peer} could not be reached (${list})`)
  }

  async #attempt(peer: PeerId, { path, addresses, timeoutMs }: Attempt, signal: AbortSignal) {
    const open = this.#best(peer)
    if (open !== undefined && (path === 'relayed' || pathOf(open) !== 'relayed')) return open
    const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) }
    try {
      const connection = await this.#libp2p.dial(addresses, options)
      if (pathOf(connection) === 'webrtc') {
        this.#isWebrtcDoubtful = false
        this.#retireRelayed(peer)
      }
      return connection
    } catch (error) {
      if (path === 'webrtc') this.#webrtcFailedAt.set(peer.toString(), Date.now())
      throw error
    }
  }

  #webrtcTimeoutsMs(): readonly number[] {
    if (typeof RTCPeerConnection === 'undefined') return []
    return this.#isWebrtcDoubtful ? WEBRTC_TIMEOUTS_MS.slice(-1) : WEBRTC_TIMEOUTS_MS
  }

  #best(peer: PeerId): Connection | undefined {
    return bestConnection(this.#libp2p.getConnections(peer))
  }

  #isResting(peer: string): boolean {
    const failedAt = this.#webrtcFailedAt.get(peer)
    if (failedAt === undefined) return false
    if (Date.now() - failedAt < WEBRTC_REST_MS) return true
    this.#webrtcFailedAt.delete(peer)
    return false
  }

  /** Frees the relay of the connection that introduced the peers, once the other side has surely finished with it. */
  #retireRelayed(peer: PeerId): void {
    setTimeout(() => {
      for (const connection of this.#libp2p.getConnections(peer)) {
        const isUsed = connection.streams.some(({ protocol }) => protocol.startsWith('/weft/'))
        if (pathOf(connection) === 'relayed' && !isUsed) void connection.close().catch(() => undefined)
      }
    }, RETIRE_MS)
  }
}

/** The open connection with the best path: direct before relayed, the youngest first. */
export function bestConnection(connections: readonly Connection[]): Connection | undefined {
  const open = connections.filter(({ status }) => status === 'open')
  return open.findLast((one) => pathOf(one) !== 'relayed') ?? open.at(-1)
}

/** The tries to make, best path first. Addresses that are none, or of another peer, are told in `troubles`. */
function plan(
  target: PeerTarget,
  { troubles, webrtcTimeoutsMs }: { troubles: string[]; webrtcTimeoutsMs: readonly number[] },
): Attempt[] {
  const found: Record<Path, Multiaddr[]> = { websocket: [], webrtc: [], relayed: [] }
  for (const address of target.addresses) {
    const path = pathOfAddress(address)
    const parsed = path && parseAddress(address, target.peer)
    if (path === undefined || parsed === undefined) troubles.push(`not an address of this peer: ${address}`)
    else found[path].push(parsed)
  }
  const attempts: Attempt[] = []
  const { websocket, webrtc, relayed } = found
  if (websocket.length > 0)
    attempts.push({ path: 'websocket', addresses: websocket, timeoutMs: SOCKET_TIMEOUT_MS })
  for (const [index, timeoutMs] of webrtcTimeoutsMs.entries()) {
    const address = webrtc[index % webrtc.length]
    if (address !== undefined) attempts.push({ path: 'webrtc', addresses: [address], timeoutMs })
  }
  if (relayed.length > 0) attempts.push({ path: 'relayed', addresses: relayed, timeoutMs: SOCKET_TIMEOUT_MS })
  return attempts
}

function parseAddress(text: string, peer: string): Multiaddr | undefined {
  try {
    const address = multiaddr(text)
    const last = address.getComponents().at(-1)
    if (last?.name !== 'p2p') return address.encapsulate(`/p2p/${peer}`)
    return last.value === peer ? address : undefined
  } catch {
    return undefined
  }
}

/** Reads a peer id. Throws `malformed`. */
export function readPeer(text: string): PeerId {
  try {
    return peerIdFromString(text)
  } catch {
    throw malformed('peer', 'a peer id', text)
  }
}

/** Throws `cancelled` when the signal has aborted. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('cancelled', 'the dial was cancelled', { cause: signal.reason })
}
