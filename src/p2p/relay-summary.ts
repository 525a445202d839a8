import type { RelayStatus } from './peer-node.ts'

/** How a peer stands with its relays, in one word and one sentence. */
export type RelaySummary = { readonly kind: 'connecting' | 'connected' | 'lost'; readonly text: string }

/** Sums up the relays of a node: one that is connected is enough. */
export function summarise(relays: readonly RelayStatus[]): RelaySummary {
  const connected = relays.filter((relay) => relay.state === 'connected').length
  if (connected > 0)
    return { kind: 'connected', text: `Connected to ${connected} of ${relays.length} relays` }
  if (relays.length === 0) return { kind: 'lost', text: 'No relay is known to this network' }
  const lost = relays.find((relay) => relay.state === 'lost')
  if (lost === undefined) return { kind: 'connecting', text: 'Connecting to a relay' }
  return { kind: 'lost', text: `No relay answers (${lost.reason || lost.address}); trying again` }
}
