import type { Address } from '../address.ts'
import type { Digest, Hex } from '../bytes.ts'
import { fromHex, putHex, toHex } from '../bytes.ts'
import { decodeExact, encodeCbor } from '../cbor.ts'
import { malformed } from '../failure.ts'
import { at, readBytes, readInteger, readRecord } from '../read.ts'
import { toWei } from '../wei.ts'
import type { Statement } from './statement.ts'
import type { Leaf, Sum } from './sum-tree.ts'
import { hashLeaf, hashNode } from './sum-tree.ts'

/** What the `dataHash` of a statement names: all its leaves, and the digest of the verdicts behind them. */
export type LeafList = { readonly leaves: readonly Leaf[]; readonly verdicts: Hex }

/** The most leaves that one list may have. */
const MAX_LEAVES = 1_000_000

const ACCOUNT_BYTES = 20
const SUM_BYTES = 12
const LEAF_BYTES = ACCOUNT_BYTES + 2 * SUM_BYTES
const VERSION = 1
/** The bytes of the longest list: its leaves, and room for the record around them. */
export const MAX_LIST_BYTES = MAX_LEAVES * LEAF_BYTES + 128
/** So many hashes are made before others get their turn: some milliseconds. */
const HASH_RUN = 128
const NOTHING: Sum = { hash: new Uint8Array(32), sum: 0n }

/**
 * The canonical bytes of a list, whose SHA-256 digest is `dataHash`: CBOR of its version, the verdicts, and 44 bytes a leaf
 * (account, amount and earned, big-endian). A leaf's index is its place. Throws `malformed` when one stands elsewhere.
 */
export function packLeafList({ leaves, verdicts }: LeafList): Uint8Array<ArrayBuffer> {
  if (leaves.length > MAX_LEAVES) throw malformed('leafList.leaves', `at most ${MAX_LEAVES}`, leaves.length)
  const bytes = new Uint8Array(leaves.length * LEAF_BYTES)
  const view = new DataView(bytes.buffer)
  leaves.forEach(({ account, amount, earned, index }, place) => {
    if (index !== place) throw malformed(`${pathOf(place)}.index`, String(place), index)
    const offset = place * LEAF_BYTES
    putHex(bytes, offset, account)
    putSum(view, offset + ACCOUNT_BYTES, amount)
    putSum(view, offset + ACCOUNT_BYTES + SUM_BYTES, earned)
  })
  return encodeCbor({ version: VERSION, verdicts: fromHex(verdicts), leaves: bytes })
}

/** Reads what `packLeafList` wrote. Throws `malformed` with the place of what is wrong. */
export function parseLeafList(bytes: Uint8Array): LeafList {
  const { packed, verdicts } = openList(bytes)
  return { leaves: [...leavesIn(packed)], verdicts }
}

/** The name under which the list of a statement is fetched. */
export function listDigest({ dataHash }: Pick<Statement, 'dataHash'>): Digest {
  return dataHash.slice(2) as Digest
}

/**
 * Reads the list of a statement, and checks that its leaves make the statement's tree: depth, root and total. Hashing many
 * leaves takes seconds, so it waits for `pause` now and then. Throws `malformed` that says what differs.
 */
export async function readLeafList(
  bytes: Uint8Array,
  statement: Pick<Statement, 'depth' | 'root' | 'total'>,
  pause: () => Promise<void>,
): Promise<LeafList> {
  const { packed, verdicts } = openList(bytes)
  const depth = Math.ceil(Math.log2(Math.max(1, packed.length / LEAF_BYTES)))
  if (depth !== statement.depth)
    throw malformed('leafList.leaves', `a tree of depth ${statement.depth}`, depth)
  const leaves: Leaf[] = []
  for (const leaf of leavesIn(packed)) if (leaves.push(leaf) % HASH_RUN === 0) await pause()
  const { hash, sum } = await topOf(leaves, pause)
  if (toHex(hash) !== statement.root)
    throw malformed('leafList.leaves', `a tree with the root ${statement.root}, found ${toHex(hash)}`)
  if (sum !== statement.total)
    throw malformed('leafList.leaves', `amounts that add up to ${statement.total}`, sum)
  return { leaves, verdicts }
}

/** The record around the leaves. */
function openList(bytes: Uint8Array): { packed: Uint8Array; verdicts: Hex } {
  const record = readRecord(decodeExact(bytes, 'leafList'), 'leafList', ['version', 'verdicts', 'leaves'])
  readInteger(record.version, 'leafList.version', [VERSION, VERSION])
  const verdicts = toHex(readBytes(record.verdicts, 'leafList.verdicts', 32))
  const packed = readBytes(record.leaves, 'leafList.leaves', [0, MAX_LEAVES * LEAF_BYTES])
  if (packed.length % LEAF_BYTES !== 0)
    throw malformed('leafList.leaves', `${LEAF_BYTES} bytes a leaf`, packed)
  return { packed, verdicts }
}

function* leavesIn(packed: Uint8Array): Generator<Leaf, void> {
  for (let offset = 0; offset < packed.length; offset += LEAF_BYTES)
    yield readLeaf(packed.subarray(offset, offset + LEAF_BYTES), offset / LEAF_BYTES)
}

/** The root of the tree of these leaves, without keeping the tree. */
async function topOf(leaves: readonly Leaf[], pause: () => Promise<void>): Promise<Sum> {
  let level: Sum[] = []
  for (const leaf of leaves) {
    level.push({ hash: hashLeaf(leaf), sum: leaf.amount })
    if (level.length % HASH_RUN === 0) await pause()
  }
  while (level.length > 1) {
    const above: Sum[] = []
    for (let place = 0; place < level.length; place += 2) {
      const [left, right] = [level[place] ?? NOTHING, level[place + 1] ?? NOTHING]
      above.push({ hash: hashNode(left, right), sum: left.sum + right.sum })
      if (above.length % HASH_RUN === 0) await pause()
    }
    level = above
  }
  return level[0] ?? NOTHING
}

function readLeaf(bytes: Uint8Array, index: number): Leaf {
  const view = new DataView(bytes.buffer, bytes.byteOffset, LEAF_BYTES)
  const path = pathOf(index)
  const amount = toWei(getSum(view, ACCOUNT_BYTES), at(path, 'amount'))
  const earned = toWei(getSum(view, ACCOUNT_BYTES + SUM_BYTES), at(path, 'earned'))
  if (earned < amount) throw malformed(at(path, 'earned'), 'at least the amount of this epoch', earned)
  return { account: toHex(bytes.subarray(0, ACCOUNT_BYTES)) as Address, amount, earned, index }
}

function pathOf(place: number): string {
  return at('leafList.leaves', place)
}

function putSum(view: DataView, offset: number, sum: bigint): void {
  view.setUint32(offset, Number(sum >> 64n))
  view.setBigUint64(offset + 4, sum)
}

function getSum(view: DataView, offset: number): bigint {
  return (BigInt(view.getUint32(offset)) << 64n) | view.getBigUint64(offset + 4)
}
