import type { Address } from '../protocol/address.ts'
import type { Digest, Hex } from '../protocol/bytes.ts'
import type { SignedResults } from '../protocol/work/result.ts'
import { judge } from './judge.ts'

/** What is claimed: in this job, this unit's result with this digest earns nothing. */
export type Rejection = {
  readonly jobId: Hex
  readonly unit: number
  readonly digest: Digest
  /** The publisher's account, whose own signed opinion decides where providers do not agree. */
  readonly publisher: Address
  readonly quorum: number
}

/**
 * Tells whether signed results justify a rejection: by the rule of `judge` they accept another digest, or they are three
 * different answers. Two results of one payee, or of one account, count once.
 */
export function isJustified(evidence: readonly SignedResults[], claim: Rejection): boolean {
  const accounts = new Set<Address>()
  const votes = evidence.flatMap((results) => {
    const place = results.units.indexOf(claim.unit)
    const digest = results.digests[place]
    if (results.jobId !== claim.jobId || digest === undefined || accounts.has(results.account)) return []
    accounts.add(results.account)
    return [{ payee: results.payee, digest, isOwn: results.account === claim.publisher }]
  })
  const verdict = judge(votes, { quorum: claim.quorum, replicas: Number.POSITIVE_INFINITY })
  if (verdict.kind === 'accepted') return verdict.output !== claim.digest
  return verdict.kind === 'disputed'
}
