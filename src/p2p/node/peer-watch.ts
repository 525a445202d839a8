import type { Connection, Libp2p, PeerId } from '@libp2p/interface'
import type { Path, PeerEvent } from '../peer-node.ts'
import { accountOfPeer, pathOf } from '../stream/connection.ts'
import { bestConnection } from './dial.ts'

type PeerListener = (event: PeerEvent) => void

/** Reports who but `relays` is within reach and over which path, beginning with those who are already. */
export function watchPeers(
  libp2p: Libp2p,
  { relays, listener }: { relays: readonly string[]; listener: PeerListener },
  signal: AbortSignal,
): void {
  const paths = new Map<string, Path>()
  const look = (id: PeerId) => {
    const peer = id.toString()
    if (id.type !== 'secp256k1' || relays.includes(peer)) return
    const best = bestConnection(libp2p.getConnections(id))
    const path = best && pathOf(best)
    if (path === paths.get(peer)) return
    if (path === undefined) {
      paths.delete(peer)
      listener({ kind: 'left', peer, account: accountOfPeer(id) })
    } else {
      paths.set(peer, path)
      listener({ kind: 'reached', peer, account: accountOfPeer(id), path })
    }
  }
  // The list of connections is brought up to date by listeners of the same events.
  const later = ({ detail }: CustomEvent<Connection>) => queueMicrotask(() => look(detail.remotePeer))
  libp2p.addEventListener('connection:open', later)
  libp2p.addEventListener('connection:close', later)
  signal.addEventListener('abort', () => {
    libp2p.removeEventListener('connection:open', later)
    libp2p.removeEventListener('connection:close', later)
  })
  for (const id of libp2p.getPeers()) look(id)
}
