import type { Domain } from '../protocol/escrow/domain.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import { statementSigner } from '../protocol/statement/statement.ts'

/**
 * Whether one settler has signed two different statements for the same `seq` of an epoch: one of them will not be kept.
 * Throws `malformed` when a signature is none.
 */
export function areTwoTruths(one: SignedStatement, other: SignedStatement, domain: Domain): boolean {
  const [a, b] = [one.statement, other.statement]
  const isSamePlace = a.jobId === b.jobId && a.epoch === b.epoch && a.seq === b.seq
  const isSameWord = a.root === b.root && a.total === b.total && a.depth === b.depth
  return isSamePlace && !isSameWord && statementSigner(one, domain) === statementSigner(other, domain)
}
