import './node/tab-shims.ts'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import type { Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { PrivateKey } from '../protocol/account.ts'
import { mayDial } from './node/dial-policy.ts'
import { baseConfig, relayListen, relayTransport } from './node/libp2p-config.ts'
import { wrapLibp2p } from './node/libp2p-node.ts'
import type { PeerNode } from './peer-node.ts'

export type TabNodeOptions = {
  /** The key of the peer: its account. */
  readonly key: PrivateKey
  /** Multiaddrs of the relays to be reached through, each ending in the relay's peer id. */
  readonly relays: readonly string[]
  /** STUN and TURN servers; none without, which is enough on one machine and in one network. */
  readonly iceServers?: readonly RTCIceServer[]
}

/** Chromium makes about 500 peer connections in a page. */
const LIMITS = { maxConnections: 450 }
/** Four times the default of 16 KiB: half as fast again between browsers. */
const DATA_CHANNEL = { maxMessageSize: 64 * 1024 }

/** Opens a peer in a tab: it dials websockets and speaks WebRTC and relayed connections. Throws `malformed`. */
export async function openTabNode(options: TabNodeOptions, signal: AbortSignal): Promise<PeerNode> {
  const { key, relays, iceServers = [] } = options
  const hasWebRtc = typeof RTCPeerConnection !== 'undefined'
  const direct = webRTC({ rtcConfiguration: { iceServers: [...iceServers] }, dataChannel: DATA_CHANNEL })
  const libp2p = await createLibp2p({
    ...baseConfig(key, LIMITS),
    addresses: { listen: [...relayListen(relays), ...(hasWebRtc ? ['/webrtc'] : [])] },
    transports: [webSockets(), relayTransport(LIMITS), ...(hasWebRtc ? [direct] : [])],
    connectionGater: { denyDialMultiaddr: (address) => !isAllowed(address, relays) },
  })
  return wrapLibp2p(libp2p, options, signal)
}

function isAllowed(address: Multiaddr, relays: readonly string[]): boolean {
  const text = address.toString()
  return relays.some((relay) => text.startsWith(relay)) || mayDial(address, location)
}
