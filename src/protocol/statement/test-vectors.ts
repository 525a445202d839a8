import { keccak } from '../account.ts'
import type { Address } from '../address.ts'
import type { Hex } from '../bytes.ts'
import { toHex } from '../bytes.ts'
import { digestOf } from '../digest.ts'
import { MAX_WEI, toWei } from '../wei.ts'
import { packLeafList } from './leaf-list.ts'
import type { Leaf } from './sum-tree.ts'
import { buildTree, hashLeaf, hashNode, proofOf, rootOf } from './sum-tree.ts'

// The part of vectors.json that is about leaves, nodes, trees and lists.
/** 32 bytes that a line of text names. */
export const text = (line: string): Uint8Array => keccak(new TextEncoder().encode(line))

/** A leaf of many different ones. */
export function leafOf(index: number): Leaf {
  const amount = index % 4 === 3 ? 0n : BigInt(index + 1) * 1_000_000_000_000_007n
  return {
    account: toHex(text(`account ${index}`).subarray(12)) as Address,
    amount: toWei(amount),
    earned: toWei(amount + BigInt(index) * 13n),
    index,
  }
}

function plainLeaf(leaf: Leaf): Record<string, unknown> {
  return { ...leaf, amount: `${leaf.amount}`, earned: `${leaf.earned}`, hash: toHex(hashLeaf(leaf)) }
}

/** Leaves with their hashes, the largest there can be among them. */
export function someLeaves(): Record<string, unknown>[] {
  const largest = { ...leafOf(0), amount: toWei(MAX_WEI), earned: toWei(MAX_WEI), index: 2 ** 32 - 1 }
  return [...[0, 1, 2, 3, 1000].map(leafOf), largest].map(plainLeaf)
}

/** Nodes with their hashes. */
export function someNodes(): Record<string, unknown>[] {
  const sums = [
    [0n, 0n],
    [1n, 2n],
    [MAX_WEI, MAX_WEI],
    [(1n << 96n) - 1n, 7n],
  ] as const
  return sums.map(([leftSum, rightSum], index) => {
    const left = { hash: text(`left ${index}`), sum: leftSum }
    const right = { hash: text(`right ${index}`), sum: rightSum }
    return {
      leftHash: toHex(left.hash),
      leftSum: `${leftSum}`,
      rightHash: toHex(right.hash),
      rightSum: `${rightSum}`,
      hash: toHex(hashNode(left, right)),
    }
  })
}

/** The list of leaves of a statement. */
export function listOf(size: number): Record<string, unknown> {
  const leaves = Array.from({ length: size }, (_, index) => leafOf(index))
  const verdicts = toHex(text(`verdicts ${size}`))
  const bytes = packLeafList({ leaves, verdicts })
  return {
    verdicts,
    leaves: leaves.map(plainLeaf),
    bytes: toHex(bytes),
    dataHash: `0x${digestOf(bytes)}`,
  }
}

/** What a statement takes from a tree. */
export type TreeVector = { readonly depth: number; readonly root: Hex; readonly total: string }

/** A tree of so many leaves, with all proofs. */
export function treeOf(size: number): TreeVector {
  const leaves = Array.from({ length: size }, (_, index) => leafOf(index))
  const tree = buildTree(leaves)
  const { root, total } = rootOf(tree)
  return {
    size,
    depth: tree.depth,
    root,
    total: `${total}`,
    accounts: leaves.map((leaf) => leaf.account),
    amounts: leaves.map((leaf) => `${leaf.amount}`),
    earned: leaves.map((leaf) => `${leaf.earned}`),
    hashes: leaves.map((leaf) => toHex(hashLeaf(leaf))),
    proofs: leaves.map((leaf) => toHex(proofOf(tree, leaf.index))),
  } as TreeVector
}
