import type { PeerNode } from '../p2p/peer-node.ts'
import type { Registry } from '../p2p/registry/registry.ts'
import { keptSeconds } from '../p2p/registry/registry-message.ts'
import type { PrivateKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Announcement, ChainName } from '../protocol/announcement.ts'
import { MAX_TTL_SECONDS, signAnnouncement } from '../protocol/announcement.ts'
import type { Opening } from '../protocol/escrow/opening.ts'
import { rateOf } from '../protocol/manifest/price.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import type { Job } from './job.ts'

/** Who announces where. */
export type Announcer = {
  readonly node: PeerNode
  readonly registry: Registry
  readonly key: PrivateKey
  readonly chain: ChainName
  readonly escrow: Address
  nowMs(): number
}

/** Tells the relays of an open job, or withdraws it. Throws `refused` or `unreachable`. */
export async function announceJob(job: Job, isWithdrawn: boolean, from: Announcer): Promise<void> {
  const issuedAt = Math.floor(from.nowMs() / 1000)
  const announcement: Announcement = {
    chainId: from.chain.chainId,
    genesis: from.chain.genesis,
    jobId: job.jobId,
    escrow: from.escrow,
    opening: job.opening,
    price: job.price,
    ...rateOf(job.manifest),
    peer: from.node.peerId,
    addresses: from.node.addresses().slice(0, 8),
    name: job.manifest.app.name,
    isWithdrawn,
    issuedAt,
    expiresAt: issuedAt + MAX_TTL_SECONDS,
  }
  await from.registry.announce(signAnnouncement(announcement, from.key))
}

/** Has the relays keep the list of a statement for as long as it may settle something. */
export function mirrorList(
  signed: SignedStatement,
  { terms }: Opening,
  { registry, nowMs }: Pick<Announcer, 'registry' | 'nowMs'>,
): void {
  registry.mirror(signed, nowMs() / 1000 + keptSeconds(terms))
}

/** How to reach a publisher, for whoever finds the job on the chain alone: JSON with the PeerId and its addresses. */
export function contactOf(node: PeerNode): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({ peer: node.peerId, addresses: node.addresses().slice(0, 4) }),
  )
}
