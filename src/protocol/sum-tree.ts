import { encodeAbiParameters } from 'viem/utils'
import { keccak } from './account.ts'
import type { Address } from './address.ts'
import type { Hex } from './bytes.ts'
import { concat, fromHex, isEqual, toHex } from './bytes.ts'
import { malformed } from './failure.ts'
import type { Wei } from './wei.ts'
import { toWei } from './wei.ts'

/** What one account has earned: in this epoch (`amount`, the sum that the tree carries) and over the whole job (`earned`). */
export type Leaf = {
  readonly account: Address
  readonly amount: Wei
  readonly earned: Wei
  readonly index: number
}

/** A node of a Merkle-sum tree: its hash and the sum of the amounts below it. */
export type Sum = { readonly hash: Uint8Array; readonly sum: bigint }

/** A tree of leaves, padded with empty places to 2^depth. `levels[0]` are the leaves, the last level is the root. */
export type SumTree = {
  readonly depth: number
  readonly leaves: readonly Leaf[]
  readonly levels: readonly (readonly Sum[])[]
}

const LEAF_TYPE = keccak(
  new TextEncoder().encode('Leaf(address account,uint256 amount,uint256 earned,uint256 index)'),
)
const EMPTY: Sum = { hash: new Uint8Array(32), sum: 0n }
const LEVEL_BYTES = 44
/** The deepest tree that the escrow takes. */
export const MAX_DEPTH = 32

/** The hash of a leaf: 160 bytes are hashed, so that no leaf can be read as a node (128 bytes). */
export function hashLeaf(leaf: Leaf): Uint8Array {
  const types = [
    { type: 'bytes32' },
    { type: 'address' },
    { type: 'uint256' },
    { type: 'uint256' },
    { type: 'uint256' },
  ] as const
  return hashWords(
    encodeAbiParameters(types, [
      toHex(LEAF_TYPE),
      leaf.account,
      leaf.amount,
      leaf.earned,
      BigInt(leaf.index),
    ]),
  )
}

/** The hash of a node: both sums are hashed apart, so that a sum cannot be moved from one side to the other. */
export function hashNode(left: Sum, right: Sum): Uint8Array {
  return keccak(concat([left.hash, word(left.sum), right.hash, word(right.sum)]))
}

/** Builds the tree of leaves whose `index` is their place in the list. Throws `malformed` when it is not. */
export function buildTree(leaves: readonly Leaf[]): SumTree {
  leaves.forEach((leaf, place) => {
    if (leaf.index !== place) throw malformed(`leaves[${place}].index`, String(place), leaf.index)
  })
  const depth = Math.ceil(Math.log2(Math.max(1, leaves.length)))
  let level: readonly Sum[] = leaves.map((leaf) => ({ hash: hashLeaf(leaf), sum: leaf.amount }))
  if (level.length === 0) level = [EMPTY]
  const levels = [level]
  for (let height = 0; height < depth; height += 1) {
    const below = level
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) =>
      join(below[2 * i] ?? EMPTY, below[2 * i + 1] ?? EMPTY),
    )
    levels.push(level)
  }
  return { depth, leaves, levels }
}

/** The root of a tree and the sum of all its amounts. */
export function rootOf(tree: SumTree): { readonly root: Hex; readonly total: Wei } {
  const top = tree.levels[tree.depth]?.[0] ?? EMPTY
  return { root: toHex(top.hash), total: toWei(top.sum, 'total') }
}

/** The proof of a leaf: for each level, from the leaf up, the sibling's hash (32 bytes) and sum (12 bytes, big-endian). */
export function proofOf(tree: SumTree, index: number): Uint8Array<ArrayBuffer> {
  if (tree.leaves[index] === undefined)
    throw malformed('index', `a leaf from 0 to ${tree.leaves.length - 1}`, index)
  const parts: Uint8Array[] = []
  for (let height = 0; height < tree.depth; height += 1) {
    const sibling = tree.levels[height]?.[(index >> height) ^ 1] ?? EMPTY
    parts.push(sibling.hash, word(sibling.sum).subarray(20))
  }
  return concat(parts)
}

/** Checks a leaf against a root, its total and its depth. Throws `malformed` that says what does not fit. */
export function checkProof(
  leaf: Leaf,
  proof: Uint8Array,
  { root, total, depth }: { readonly root: Hex; readonly total: Wei; readonly depth: number },
): void {
  if (proof.length !== depth * LEVEL_BYTES)
    throw malformed('proof', `${depth * LEVEL_BYTES} bytes for depth ${depth}`, proof)
  if (depth > MAX_DEPTH || leaf.index >= 2 ** depth)
    throw malformed('leaf.index', `an index below 2^${depth}`, leaf.index)
  let node: Sum = { hash: hashLeaf(leaf), sum: leaf.amount }
  for (let height = 0; height < depth; height += 1) {
    const level = proof.subarray(height * LEVEL_BYTES, (height + 1) * LEVEL_BYTES)
    const sibling: Sum = { hash: level.subarray(0, 32), sum: BigInt(toHex(level.subarray(32))) }
    node = Math.floor(leaf.index / 2 ** height) % 2 === 1 ? join(sibling, node) : join(node, sibling)
  }
  if (!isEqual(node.hash, fromHex(root))) throw malformed('proof', 'a proof that ends in the root')
  if (node.sum !== total) throw malformed('proof', `sums that add up to ${total}`, node.sum)
}

function join(left: Sum, right: Sum): Sum {
  return { hash: hashNode(left, right), sum: left.sum + right.sum }
}

function word(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0'))
}

function hashWords(encoded: Hex): Uint8Array {
  return keccak(fromHex(encoded))
}
