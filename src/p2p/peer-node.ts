import type { Address } from '../protocol/address.ts'
import type { Failure } from '../protocol/failure.ts'
import type { Frame } from '../protocol/frame.ts'

/** How a peer is reached: directly between tabs, directly to a listening process, or through a relay (slow, limited). */
export type Path = 'webrtc' | 'websocket' | 'relayed'

/** A peer to dial: its peer id and the addresses it announced. */
export type PeerTarget = { readonly peer: string; readonly addresses: readonly string[] }

/** A long-lived exchange of frames with one peer for one purpose. */
export type FrameStream = {
  /** The account of the other side, proven by the handshake. */
  readonly remote: Address
  /** The peer id of the other side. */
  readonly peer: string
  readonly path: Path
  /**
   * Queues a frame; the frames of one tick leave together. False when the stream has ended and the frame went nowhere.
   * Type 0 is the stream's own. Throws `oversized` for a frame over the limit.
   */
  send(frame: Frame): boolean
  /** Waits until what was sent has left this side's buffer, or the stream has ended. Await it between large frames. */
  drained(): Promise<void>
  /**
   * The frames that arrive, for one reader at a time; leaving a loop keeps the rest for the next one.
   * Ends when the other side closes, and then closes this side too; throws the failure that ended the stream.
   */
  readonly frames: AsyncIterable<Frame>
  /** Says that no more will be sent, once all is sent. The stream ends when the other side closes too, or after 5 s. */
  close(): Promise<void>
  /** Ends the stream at once; what was not yet sent or read is lost. */
  abort(cause: Failure): void
  /** Resolves when the stream has ended: with nothing after an orderly close, else with the cause. */
  readonly closed: Promise<Failure | undefined>
}

/** What one peer may send on one stream: a steady rate, and how many seconds of it may come at once. */
export type Budget = {
  readonly framesPerSecond: number
  readonly bytesPerSecond: number
  readonly burstSeconds: number
}

/** How a stream behaves where its purpose wants something else than the default. */
export type FrameStreamOptions = {
  /** Silence after which the other side is asked for a sign of life: 20 s. */
  readonly idleMs?: number
  /** How long it may take to answer: 12 s. */
  readonly answerMs?: number
  /** What the other side may send; without one, all that it wants. */
  readonly budget?: Budget
}

/** A peer (no relay) came within reach, left, or is now reached by another path. */
export type PeerEvent =
  | { readonly kind: 'reached'; readonly peer: string; readonly account: Address; readonly path: Path }
  | { readonly kind: 'left'; readonly peer: string; readonly account: Address }

/** Where one relay of the list stands. `connected` means that this peer can also be reached through it. */
export type RelayStatus = {
  readonly peer: string
  readonly address: string
  readonly state: 'connecting' | 'connected' | 'lost'
  /** Why it is not connected, for a person; empty when it is. */
  readonly reason: string
}

export type StreamHandler = (stream: FrameStream) => void | Promise<void>

/** This peer on the network. It lives until the signal it was opened with aborts. */
export type PeerNode = {
  readonly account: Address
  readonly peerId: string
  /** Where others can reach this peer now, best first: what an announcement carries. Changes with the relays. */
  addresses(): string[]
  /**
   * Opens a stream: websocket and WebRTC are tried first, WebRTC three times, a relayed path last.
   * Throws `unreachable` naming each path's trouble, `refused` when the peer does not speak `protocol`, `cancelled`.
   */
  dial(target: PeerTarget, protocol: string, signal: AbortSignal): Promise<FrameStream>
  /**
   * Takes incoming streams of a protocol, for as long as the node lives. A failure that `onStream` throws or rejects with
   * ends that stream and nothing else.
   */
  handle(protocol: string, onStream: StreamHandler, options?: FrameStreamOptions): Promise<void>
  /** The best path to a peer at this moment. */
  path(peer: string): Path | undefined
  /** Reports all who are within reach, and every change, until the signal aborts. */
  onPeers(listener: (event: PeerEvent) => void, signal: AbortSignal): void
  /** The relays of the list, each with its state. */
  relays(): RelayStatus[]
  /** Reports every change of a relay's state until the signal aborts. */
  onRelays(listener: (relays: RelayStatus[]) => void, signal: AbortSignal): void
  /** Resolves when the node has stopped and its sockets are closed. */
  readonly stopped: Promise<void>
}
