import type { Job } from '../../chain/read-escrow.ts'
import type { Address } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Domain, SignedStatement } from '../../protocol/statement.ts'
import { statementSigner } from '../../protocol/statement.ts'
import type { Leaf } from '../../protocol/sum-tree.ts'
import { checkProof } from '../../protocol/sum-tree.ts'

/** A statement with this payee's leaf in it and the leaf's proof: a promise that is worth money. */
export type Held = { readonly signed: SignedStatement; readonly leaf: Leaf; readonly proof: Uint8Array }

/** What a promise is checked against. */
export type Facts = {
  readonly job: Job
  readonly domain: Domain
  readonly payee: Address
  /** The totals of other epochs that are promised and not posted. */
  readonly unpostedWei: bigint
}

/**
 * Checks a promise: signed by the job's settler, about this payee, proven, and covered by what the escrow still holds. Throws
 * `malformed`, `refused` or `uncovered`, naming what is wrong with it.
 */
export function checkPromise(
  { signed, leaf, proof }: Held,
  { job, domain, payee, unpostedWei }: Facts,
): void {
  const { statement } = signed
  if (statement.jobId !== job.jobId)
    throw new Failure('refused', `statement.jobId: it is about job ${statement.jobId}`)
  const signer = statementSigner(signed, domain)
  if (signer !== job.settler)
    throw new Failure(
      'refused',
      `statement.signature: it is signed by ${signer}, the job's settler is ${job.settler}`,
    )
  if (leaf.account !== payee)
    throw new Failure('refused', `leaf.account: it is about ${leaf.account}, not about ${payee}`)
  checkProof(leaf, proof, statement)
  const isPosted = statement.epoch < job.epochs
  const promised = statement.total + unpostedWei
  if (!isPosted && promised > job.available) {
    throw new Failure(
      'uncovered',
      `statement.total: ${promised} wei are promised, the escrow still covers ${job.available} wei`,
    )
  }
}
