import { openRegistry } from '../p2p/registry/registry.ts'
import type { Listen } from '../p2p/server-node.ts'
import { openServerNode } from '../p2p/server-node.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import { readAddress } from '../protocol/address.ts'
import type { Announcement, SignedAnnouncement } from '../protocol/announcement.ts'
import { signAnnouncement } from '../protocol/announcement.ts'
import { toHex } from '../protocol/bytes.ts'
import { jobIdOf } from '../protocol/escrow/opening.ts'
import { testOpening } from '../protocol/escrow/test-opening.ts'
import type { Failure } from '../protocol/failure.ts'
import { readWei } from '../protocol/wei.ts'

/** The publisher of the tests' announcements, where none is named. */
const PUBLISHER = makeKey()

/** Now, as announcements say it. */
export const seconds = () => Math.floor(Date.now() / 1000)

/** An announcement of a job of its own that is valid now, but for `change`. */
export function announcementOf(change: Partial<Announcement> = {}, signer = PUBLISHER): Announcement {
  const issuedAt = seconds()
  const domain = { chainId: 31_337, escrow: readAddress(`0x${'ab'.repeat(20)}`, 'escrow') }
  const opening = change.opening ?? testOpening({ publisher: accountOf(signer) })
  return {
    ...domain,
    genesis: toHex(new Uint8Array(32).fill(1)),
    jobId: jobIdOf(opening, domain),
    opening,
    price: readWei('1000', 'price'),
    peer: '16Uiu2HAm3hfx2AUipU1rQjm7bbuCaSwBXhpQxRVNq38kzZaLrbMV',
    addresses: ['/ip4/127.0.0.1/tcp/1/ws'],
    name: 'test job',
    isWithdrawn: false,
    issuedAt,
    expiresAt: issuedAt + 90,
    ...change,
  }
}

/** The same, signed. */
export function signed(
  change: Partial<Announcement> = {},
  signer: PrivateKey = PUBLISHER,
): SignedAnnouncement {
  return signAnnouncement(announcementOf(change, signer), signer)
}

/** A peer of `relays` with its registry, and the troubles that the registry reports. */
export async function openPeer(relays: readonly string[], signal: AbortSignal, listen?: Listen) {
  const backoff = { firstMs: 100, lastMs: 300 }
  const node = await openServerNode({ key: makeKey(), relays, backoff, ...(listen && { listen }) }, signal)
  const troubles: string[] = []
  const onTrouble = ({ message }: Failure) => void troubles.push(message)
  return { node, troubles, registry: openRegistry(node, signal, { onTrouble }) }
}

/** The TCP port in a multiaddr. */
export function portOf(address = ''): number {
  return Number(/\/tcp\/(\d+)\//.exec(address)?.[1])
}
