import type { Connection, PeerId } from '@libp2p/interface'
import { accountOfPublicKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Path } from '../peer-node.ts'

/** The account of a peer: its PeerId carries its public key. Throws `refused` for a key that is no account's. */
export function accountOfPeer(peer: PeerId): Address {
  if (peer.type !== 'secp256k1')
    throw new Failure('refused', `peer ${peer}: its key is ${peer.type}, not secp256k1`)
  return accountOfPublicKey(peer.publicKey.raw)
}

/** The path that a connection takes. */
export function pathOf(connection: Connection): Path {
  if (connection.multiplexer === '/webrtc') return 'webrtc'
  return connection.limits === undefined && connection.direct ? 'websocket' : 'relayed'
}

/** The path that an address leads over, or undefined for one that nobody here can dial. */
export function pathOfAddress(address: string): Path | undefined {
  if (/\/p2p-circuit\/webrtc(\/|$)/.test(address)) return 'webrtc'
  if (/\/p2p-circuit(\/|$)/.test(address)) return 'relayed'
  return /\/(ws|wss)(\/|$)/.test(address) ? 'websocket' : undefined
}
