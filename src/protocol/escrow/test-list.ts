import type { PrivateKey } from '../account.ts'
import type { Address } from '../address.ts'
import type { Hex } from '../bytes.ts'
import { toHex } from '../bytes.ts'
import { digestOf } from '../digest.ts'
import { packLeafList } from '../statement/leaf-list.ts'
import type { SignedStatement, Statement } from '../statement/statement.ts'
import { signStatement } from '../statement/statement.ts'
import type { Leaf } from '../statement/sum-tree.ts'
import { buildTree, rootOf } from '../statement/sum-tree.ts'
import { toWei } from '../wei.ts'
import type { Domain } from './domain.ts'

/** A statement of tests, the leaves that it promises, and the bytes of their list. */
export type TestList = {
  readonly signed: SignedStatement
  readonly leaves: readonly Leaf[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Makes the last statement of an epoch over `size` leaves, but for `change`. No two lists are the same. */
export function testList(
  jobId: Hex,
  { domain, key, size = 3 }: { readonly domain: Domain; readonly key: PrivateKey; readonly size?: number },
  change: Partial<Statement> = {},
): TestList {
  const leaves = Array.from({ length: size }, (_, index): Leaf => {
    const account = `0x${(index + 1).toString(16).padStart(40, '0')}` as Address
    return { account, amount: toWei(BigInt(index + 1)), earned: toWei(BigInt(index + 2)), index }
  })
  const tree = buildTree(leaves)
  const verdicts = toHex(crypto.getRandomValues(new Uint8Array(32)))
  const bytes = packLeafList({ leaves, verdicts })
  const facts = { jobId, epoch: 0, seq: 1, isLast: true, depth: tree.depth, units: 1, ...rootOf(tree) }
  const statement = { ...facts, dataHash: `0x${digestOf(bytes)}` as const, ...change }
  return { signed: signStatement(statement, domain, key), leaves, bytes }
}
