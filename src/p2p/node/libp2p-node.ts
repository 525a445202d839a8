import type { Libp2p } from '@libp2p/interface'
import type { PrivateKey } from '../../protocol/account.ts'
import { accountOf } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type {
  FrameStream,
  FrameStreamOptions,
  Path,
  PeerEvent,
  PeerNode,
  PeerTarget,
  RelayStatus,
  StreamHandler,
} from '../peer-node.ts'
import { sleep } from '../sleep.ts'
import { pathOf, pathOfAddress } from '../stream/connection.ts'
import { openFrameStream } from '../stream/frame-stream.ts'
import { bestConnection, Dialer, readPeer, throwIfCancelled } from './dial.ts'
import { handleFrames } from './handle-frames.ts'
import { watchPeers } from './peer-watch.ts'
import type { Backoff } from './relay-supervisor.ts'
import { superviseRelays } from './relay-supervisor.ts'

export type Libp2pNodeOptions = {
  readonly key: PrivateKey
  readonly relays: readonly string[]
  readonly backoff?: Backoff
  /** What to tell others instead of the sockets' own addresses. */
  readonly announce?: readonly string[]
}

const OPEN_TIMEOUT_MS = 6_000
const GOODBYE_MS = 300
const MAX_STREAMS_PER_PEER = 8
/** Best first, as an announcement lists them. */
const RANK: readonly (Path | undefined)[] = ['webrtc', 'websocket', 'relayed', undefined]

/** Makes a peer of a running libp2p node, and stops that node when `signal` aborts. Throws `malformed` for bad relays. */
export function wrapLibp2p(libp2p: Libp2p, options: Libp2pNodeOptions, signal: AbortSignal): PeerNode {
  try {
    return new Libp2pNode(libp2p, options, signal)
  } catch (error) {
    void libp2p.stop()
    throw error
  }
}

class Libp2pNode implements PeerNode {
  readonly account: Address
  readonly peerId: string
  readonly stopped: Promise<void>
  readonly relays: () => RelayStatus[]
  readonly #libp2p: Libp2p
  readonly #signal: AbortSignal
  readonly #dialer: Dialer
  readonly #announce: readonly string[] | undefined
  readonly #streams = new Set<FrameStream>()
  readonly #relayListeners = new Set<(relays: RelayStatus[]) => void>()

  constructor(libp2p: Libp2p, options: Libp2pNodeOptions, signal: AbortSignal) {
    const { key, relays, backoff } = options
    this.#libp2p = libp2p
    this.#signal = signal
    this.#dialer = new Dialer(libp2p)
    this.#announce = options.announce
    this.account = accountOf(key)
    this.peerId = libp2p.peerId.toString()
    const onChange = (states: RelayStatus[]) => {
      for (const listener of this.#relayListeners) listener(states)
    }
    this.relays = superviseRelays(libp2p, { relays, ...(backoff && { backoff }), onChange }, signal)
    this.stopped = this.#stopOn(signal)
  }

  addresses(): string[] {
    const rank = (address: string) => RANK.indexOf(pathOfAddress(address))
    const own = this.#libp2p.getMultiaddrs().map((address) => address.toString())
    const announce = this.#announce?.map((address) => `${address}/p2p/${this.peerId}`)
    const told = announce === undefined ? own : own.filter((one) => pathOfAddress(one) !== 'websocket')
    return [...new Set([...(announce ?? []), ...told])].sort((a, b) => rank(a) - rank(b))
  }

  async dial(target: PeerTarget, protocol: string, signal: AbortSignal): Promise<FrameStream> {
    const either = AbortSignal.any([signal, this.#signal])
    for (let isRetry = false; ; isRetry = true) {
      const connection = await this.#dialer.connect(target, either)
      try {
        const options = { signal: AbortSignal.any([either, AbortSignal.timeout(OPEN_TIMEOUT_MS)]) }
        const stream = await connection.newStream(protocol, { ...options, runOnLimitedConnection: true })
        return this.#adopt(openFrameStream(stream, connection))
      } catch (error) {
        throwIfCancelled(either)
        if (error instanceof Failure) throw error
        if (error instanceof Error && error.name === 'UnsupportedProtocolError')
          throw new Failure('refused', `peer ${target.peer} does not speak ${protocol}`, { cause: error })
        // A connection on which no stream opens is dead, though nobody has noticed yet.
        connection.abort(error instanceof Error ? error : new Error(reason(error)))
        const text = `peer ${target.peer}: no stream could be opened (${reason(error)})`
        if (isRetry) throw new Failure('unreachable', text, { cause: error })
      }
    }
  }

  async handle(protocol: string, onStream: StreamHandler, options?: FrameStreamOptions): Promise<void> {
    await handleFrames(this.#libp2p, protocol, {
      onStream: (stream) => onStream(this.#adopt(stream)),
      options,
      maxStreamsPerPeer: MAX_STREAMS_PER_PEER,
    })
  }

  path(peer: string): Path | undefined {
    const best = bestConnection(this.#libp2p.getConnections(readPeer(peer)))
    return best && pathOf(best)
  }

  onPeers(listener: (event: PeerEvent) => void, signal: AbortSignal): void {
    const relays = this.relays().map(({ peer }) => peer)
    watchPeers(this.#libp2p, { relays, listener }, AbortSignal.any([signal, this.#signal]))
  }

  onRelays(listener: (relays: RelayStatus[]) => void, signal: AbortSignal): void {
    if (signal.aborted) return
    this.#relayListeners.add(listener)
    signal.addEventListener('abort', () => this.#relayListeners.delete(listener), { once: true })
  }

  #adopt(frames: FrameStream): FrameStream {
    this.#streams.add(frames)
    void frames.closed.then(() => this.#streams.delete(frames))
    return frames
  }

  async #stopOn(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    }
    const closing = Promise.all([...this.#streams].map((stream) => stream.close()))
    await Promise.race([closing, sleep(GOODBYE_MS)])
    await this.#libp2p.stop()
  }
}
