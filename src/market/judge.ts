import type { Address } from '../protocol/address.ts'
import type { Digest } from '../protocol/bytes.ts'

/** One result of a unit. `isOwn` marks the publisher's own opinion, which earns nothing. */
export type Vote = { readonly payee: Address; readonly digest: Digest; readonly isOwn: boolean }

/** How many equal results of distinct payees accept a unit, and how many results are asked for at most. */
export type Rule = { readonly quorum: number; readonly replicas: number }

export type Verdict =
  | { readonly kind: 'accepted'; readonly output: Digest }
  | { readonly kind: 'waiting'; readonly missing: number }
  | { readonly kind: 'disputed'; readonly outputs: readonly Digest[] }

/**
 * Decides a unit from its votes, in the order they came: the first output that `quorum` distinct payees agree on wins. Where
 * they do not agree, the publisher's own opinion decides, if it gave one. Three different outputs, or all `replicas`
 * without agreement, blame the kernel and not the providers: the unit is disputed.
 */
export function judge(votes: readonly Vote[], { quorum, replicas }: Rule): Verdict {
  const counts = new Map<Digest, Set<Address>>()
  for (const vote of votes) {
    const payees = counts.get(vote.digest) ?? new Set<Address>()
    counts.set(vote.digest, payees.add(vote.payee))
    if (payees.size >= quorum) return { kind: 'accepted', output: vote.digest }
  }
  const own = votes.find((vote) => vote.isOwn)
  if (own !== undefined && votes.length > 1) return { kind: 'accepted', output: own.digest }
  if (counts.size >= 3 || votes.length >= replicas) return { kind: 'disputed', outputs: [...counts.keys()] }
  const best = Math.max(0, ...[...counts.values()].map((payees) => payees.size))
  return { kind: 'waiting', missing: Math.min(quorum - best, replicas - votes.length) }
}
