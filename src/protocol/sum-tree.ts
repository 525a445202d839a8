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
const WORD_BYTES = 32
const SUM_BYTES = 12
const LEVEL_BYTES = WORD_BYTES + SUM_BYTES
/** The deepest tree that the escrow takes. */
export const MAX_DEPTH = 32

/** The hash of a leaf: 160 bytes are hashed, so that no leaf can be read as a node (128 bytes). */
export function hashLeaf({ account, amount, earned, index }: Leaf): Uint8Array {
  const words = new Uint8Array(5 * WORD_BYTES)
  words.set(LEAF_TYPE)
  words.set(fromHex(account), WORD_BYTES + 12)
  putSum(words, 2 * WORD_BYTES, amount)
  putSum(words, 3 * WORD_BYTES, earned)
  putSum(words, 4 * WORD_BYTES, BigInt(index))
  return keccak(words)
}

/** The hash of a node: both sums are hashed apart, so that a sum cannot be moved from one side to the other. */
export function hashNode(left: Sum, right: Sum): Uint8Array {
  const words = new Uint8Array(4 * WORD_BYTES)
  words.set(left.hash)
  putSum(words, WORD_BYTES, left.sum)
  words.set(right.hash, 2 * WORD_BYTES)
  putSum(words, 3 * WORD_BYTES, right.sum)
  return keccak(words)
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
    const word = new Uint8Array(WORD_BYTES)
    putSum(word, 0, sibling.sum)
    parts.push(sibling.hash, word.subarray(WORD_BYTES - SUM_BYTES))
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

/** Writes a sum into the word at `offset`. Sums have at most 120 bits: 88 of a total, and 32 levels. */
function putSum(words: Uint8Array, offset: number, sum: bigint): void {
  const view = new DataView(words.buffer, offset + WORD_BYTES / 2, WORD_BYTES / 2)
  view.setBigUint64(0, sum >> 64n)
  view.setBigUint64(8, sum)
}
