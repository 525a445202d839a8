import type { Keccak } from '../account.ts'
import { keccak } from '../account.ts'
import type { Address } from '../address.ts'
import type { Hex } from '../bytes.ts'
import { fromHex, isEqual, putHex, toHex } from '../bytes.ts'
import { malformed } from '../failure.ts'
import type { Wei } from '../wei.ts'
import { toWei } from '../wei.ts'

/** What one account has earned: in this epoch (`amount`, the sum that the tree carries) and over the whole job (`earned`). */
export type Leaf = {
  readonly account: Address
  readonly amount: Wei
  readonly earned: Wei
  readonly index: number
}

/** A node of a Merkle-sum tree: its hash and the sum of the amounts below it. */
export type Sum = { readonly hash: Uint8Array; readonly sum: bigint }

/**
 * A tree of leaves, padded with empty places to 2^depth; only `applyUpdate` changes it. `levels[0]` are the leaves' nodes,
 * `levels[depth]` begins with the root. A node is 64 bytes, its hash and its sum as a word, so that two siblings side by side are
 * the very bytes that their parent hashes.
 */
export type SumTree = {
  depth: number
  readonly leaves: Leaf[]
  readonly levels: Uint8Array[]
}

/** What a tree becomes with some leaves changed or added: the tree is as it was until `applyUpdate`. */
export type TreeUpdate = {
  /** The changed and the added leaves, by index. */
  readonly leaves: readonly Leaf[]
  readonly size: number
  readonly depth: number
  readonly root: Hex
  readonly total: Wei
  /** The changed nodes of each level. */
  readonly patches: readonly Patch[]
}

/** Nodes of one level, and where they go, rising. */
type Patch = { readonly places: Uint32Array; readonly nodes: Uint8Array }

const LEAF_TYPE = keccak(
  new TextEncoder().encode('Leaf(address account,uint256 amount,uint256 earned,uint256 index)'),
)
const WORD_BYTES = 32
const NODE_WORDS = 2
const NODE_BYTES = NODE_WORDS * WORD_BYTES
const SUM_BYTES = 12
const LEVEL_BYTES = WORD_BYTES + SUM_BYTES
/** The deepest tree that the escrow takes. */
export const MAX_DEPTH = 32

/** The hash of a leaf: 160 bytes are hashed, so that no leaf can be read as a node (128 bytes). */
export function hashLeaf(leaf: Leaf): Uint8Array {
  return keccak(putLeaf(new Words(5), leaf).bytes)
}

/** The hash of a node: both sums are hashed apart, so that a sum cannot be moved from one side to the other. */
export function hashNode(left: Sum, right: Sum): Uint8Array {
  const words = new Words(4)
  words.bytes.set(left.hash)
  words.put(1, left.sum)
  words.bytes.set(right.hash, 2 * WORD_BYTES)
  words.put(3, right.sum)
  return keccak(words.bytes)
}

/** Builds the tree of leaves whose `index` is their place in the list. Throws `malformed` when it is not. */
export function buildTree(leaves: readonly Leaf[]): SumTree {
  leaves.forEach((leaf, place) => {
    if (leaf.index !== place) throw malformed(`leaves[${place}].index`, String(place), leaf.index)
  })
  const tree: SumTree = { depth: 0, leaves: [], levels: [] }
  applyUpdate(tree, planUpdate(tree, leaves))
  return tree
}

/**
 * Hashes the paths from changed and added leaves to the root, and no others. Throws `malformed` when an added leaf would leave a
 * gap, when a leaf is there twice, and when the total is more than an escrow can hold. `hash` is for whoever has a faster keccak.
 */
export function planUpdate(tree: SumTree, changed: readonly Leaf[], hash: Keccak = keccak): TreeUpdate {
  const leaves = changed.toSorted((a, b) => a.index - b.index)
  const size = sizeWith(tree, leaves)
  const sums = leaves.map((leaf) => leaf.amount - (tree.leaves[leaf.index]?.amount ?? 0n))
  const total = toWei(
    sums.reduce((total, sum) => total + sum, rootOf(tree).total),
    'total',
  )
  const depth = Math.ceil(Math.log2(Math.max(1, size)))
  let patch = patchLeaves(leaves, hash)
  const patches = [patch]
  for (let height = 0; height < depth; height += 1) {
    patch = patchParents(patch, { level: tree.levels[height] ?? new Uint8Array(), hash })
    patches.push(patch)
  }
  const root = leaves.length === 0 ? rootOf(tree).root : toHex(patch.nodes.subarray(0, WORD_BYTES))
  return { leaves, size, depth, root, total, patches }
}

/** Changes a tree as it was planned. */
export function applyUpdate(tree: SumTree, { leaves, size, depth, patches }: TreeUpdate): void {
  for (const leaf of leaves) tree.leaves[leaf.index] = leaf
  tree.depth = depth
  patches.forEach(({ places, nodes }, height) => {
    const level = withRoom(tree.levels[height], Math.max(1, Math.ceil(size / 2 ** height)))
    places.forEach((place, i) => {
      level.set(nodeAt(nodes, i), place * NODE_BYTES)
    })
    tree.levels[height] = level
  })
}

/** The root of a tree and the sum of all its amounts. */
export function rootOf({ levels, depth }: SumTree): { readonly root: Hex; readonly total: Wei } {
  const top = levels[depth]?.subarray(0, NODE_BYTES) ?? new Uint8Array(NODE_BYTES)
  return {
    root: toHex(top.subarray(0, WORD_BYTES)),
    total: toWei(readSum(top.subarray(-SUM_BYTES)), 'total'),
  }
}

/** The proof of a leaf: for each level, from the leaf up, the sibling's hash (32 bytes) and sum (12 bytes, big-endian). */
export function proofOf(tree: SumTree, index: number): Uint8Array<ArrayBuffer> {
  if (tree.leaves[index] === undefined)
    throw malformed('index', `a leaf from 0 to ${tree.leaves.length - 1}`, index)
  const proof = new Uint8Array(tree.depth * LEVEL_BYTES)
  for (let height = 0; height < tree.depth; height += 1) {
    const sibling = nodeAt(tree.levels[height] ?? new Uint8Array(), (index >> height) ^ 1)
    proof.set(sibling.subarray(0, WORD_BYTES), height * LEVEL_BYTES)
    proof.set(sibling.subarray(NODE_BYTES - SUM_BYTES), height * LEVEL_BYTES + WORD_BYTES)
  }
  return proof
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
    const sibling: Sum = { hash: level.subarray(0, 32), sum: readSum(level.subarray(WORD_BYTES)) }
    node = Math.floor(leaf.index / 2 ** height) % 2 === 1 ? join(sibling, node) : join(node, sibling)
  }
  if (!isEqual(node.hash, fromHex(root))) throw malformed('proof', 'a proof that ends in the root')
  if (node.sum !== total) throw malformed('proof', `sums that add up to ${total}`, node.sum)
}

function join(left: Sum, right: Sum): Sum {
  return { hash: hashNode(left, right), sum: left.sum + right.sum }
}

/** The size of the tree with these leaves, which are in the order of their indexes. */
function sizeWith(tree: SumTree, leaves: readonly Leaf[]): number {
  let size = tree.leaves.length
  let last = -1
  for (const { index } of leaves) {
    if (index === last) throw malformed('leaf.index', 'one leaf a place', index)
    if (index > size) throw malformed('leaf.index', `at most ${size}, the next place`, index)
    if (index === size) size += 1
    last = index
  }
  return size
}

function patchLeaves(leaves: readonly Leaf[], hash: Keccak): Patch {
  const nodes = new Words(leaves.length * NODE_WORDS)
  const words = new Words(5)
  leaves.forEach((leaf, i) => {
    nodes.bytes.set(hash(putLeaf(words, leaf).bytes), i * NODE_BYTES)
    nodes.put(i * NODE_WORDS + 1, leaf.amount)
  })
  return { places: Uint32Array.from(leaves, ({ index }) => index), nodes: nodes.bytes }
}

/** The parents of changed nodes; what did not change beside them is in `level`. */
function patchParents(
  { places, nodes }: Patch,
  { level, hash }: { readonly level: Uint8Array; readonly hash: Keccak },
): Patch {
  const parents = Uint32Array.from(places, (place) => place >>> 1).filter((at, i, all) => at !== all[i - 1])
  const above = new Words(parents.length * NODE_WORDS)
  const words = new Words(2 * NODE_WORDS)
  const pair = words.bytes
  let next = 0
  parents.forEach((parent, i) => {
    pair.fill(0)
    pair.set(level.subarray(parent * pair.length, (parent + 1) * pair.length))
    for (; (places[next] ?? -1) >>> 1 === parent; next += 1)
      pair.set(nodeAt(nodes, next), ((places[next] ?? 0) & 1) * NODE_BYTES)
    above.bytes.set(hash(pair), i * NODE_BYTES)
    above.put(i * NODE_WORDS + 1, words.sum(1) + words.sum(NODE_WORDS + 1))
  })
  return { places: parents, nodes: above.bytes }
}

function nodeAt(nodes: Uint8Array, place: number): Uint8Array {
  return nodes.subarray(place * NODE_BYTES, (place + 1) * NODE_BYTES)
}

/** A level with room for so many nodes; what is not filled is empty places. */
function withRoom(level: Uint8Array | undefined, count: number): Uint8Array {
  const size = count * NODE_BYTES
  if (level !== undefined && level.length >= size) return level
  const larger = new Uint8Array(Math.max(size, 2 * (level?.length ?? 0)))
  if (level !== undefined) larger.set(level)
  return larger
}

/** Reads a sum of 12 bytes. */
function readSum(bytes: Uint8Array): bigint {
  return BigInt(toHex(bytes))
}

/** Writes a leaf as it is hashed; the words may hold another one. */
function putLeaf(words: Words, { account, amount, earned, index }: Leaf): Words {
  words.bytes.set(LEAF_TYPE)
  putHex(words.bytes, WORD_BYTES + 12, account)
  words.put(2, amount)
  words.put(3, earned)
  words.put(4, BigInt(index))
  return words
}

/** Words of 32 bytes. Sums in them have at most 120 bits: 88 of a total, and 32 levels. */
class Words {
  readonly bytes: Uint8Array
  readonly #view: DataView

  constructor(count: number) {
    this.bytes = new Uint8Array(count * WORD_BYTES)
    this.#view = new DataView(this.bytes.buffer)
  }

  put(word: number, sum: bigint): void {
    this.#view.setBigUint64(word * WORD_BYTES + 16, sum >> 64n)
    this.#view.setBigUint64(word * WORD_BYTES + 24, sum)
  }

  sum(word: number): bigint {
    const high = this.#view.getBigUint64(word * WORD_BYTES + 16)
    const low = this.#view.getBigUint64(word * WORD_BYTES + 24)
    return high === 0n ? low : (high << 64n) | low
  }
}
