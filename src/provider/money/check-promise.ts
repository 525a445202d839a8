import type { Job } from '../../chain/escrow/read-escrow.ts'
import { availableOf } from '../../chain/escrow/read-escrow.ts'
import type { Address } from '../../protocol/address.ts'
import type { Domain } from '../../protocol/escrow/domain.ts'
import type { Opening } from '../../protocol/escrow/opening.ts'
import { jobIdOf } from '../../protocol/escrow/opening.ts'
import { Failure } from '../../protocol/failure.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { statementSigner } from '../../protocol/statement/statement.ts'
import type { Leaf } from '../../protocol/statement/sum-tree.ts'
import { checkProof } from '../../protocol/statement/sum-tree.ts'

/** A statement with this payee's leaf in it, the leaf's proof, and what it takes to post or challenge it: a promise that is worth money. */
export type Held = {
  readonly signed: SignedStatement
  readonly leaf: Leaf
  readonly proof: Uint8Array
  readonly opening: Opening
}

/** What a promise is checked against. */
export type Facts = {
  readonly job: Job
  /** Who signs the epoch that the promise is about. */
  readonly settler: Address
  readonly domain: Domain
  readonly payee: Address
  /** What is on chain of the epoch that the promise is about; zero while it is not posted. */
  readonly postedWei: bigint
  /** What other epochs promise beyond what is on chain. */
  readonly unpostedWei: bigint
}

/**
 * Checks a promise: signed by the job's settler, about this payee, proven, and covered by what the escrow still holds. Throws
 * `malformed`, `refused` or `uncovered`, naming what is wrong with it.
 */
export function checkPromise(
  { signed, leaf, proof, opening }: Held,
  { job, settler, domain, payee, postedWei, unpostedWei }: Facts,
): void {
  const { statement } = signed
  if (statement.jobId !== job.jobId)
    throw new Failure('refused', `statement.jobId: it is about job ${statement.jobId}`)
  const named = jobIdOf(opening, domain)
  if (named !== statement.jobId) throw new Failure('refused', `opening: it is the one of job ${named}`)
  const signer = statementSigner(signed, domain)
  if (signer !== settler)
    throw new Failure(
      'refused',
      `statement.signature: it is signed by ${signer}, the job's settler is ${settler}`,
    )
  if (leaf.account !== payee)
    throw new Failure('refused', `leaf.account: it is about ${leaf.account}, not about ${payee}`)
  checkProof(leaf, proof, statement)
  const added = statement.total > postedWei ? statement.total - postedWei : 0n
  const promised = added + unpostedWei
  const available = availableOf(job, opening.terms)
  if (added > 0n && promised > available) {
    throw new Failure(
      'uncovered',
      `statement.total: ${promised} wei are promised, the escrow still covers ${available} wei`,
    )
  }
}
