import { describe, expect, test } from 'vitest'
import { keccak } from '../account.ts'
import type { Address } from '../address.ts'
import { concat, fromHex, toHex } from '../bytes.ts'
import { Failure } from '../failure.ts'
import { MAX_WEI, toWei } from '../wei.ts'
import type { Leaf, Sum, SumTree } from './sum-tree.ts'
import {
  applyUpdate,
  buildTree,
  checkProof,
  hashLeaf,
  hashNode,
  MAX_DEPTH,
  planUpdate,
  proofOf,
  rootOf,
} from './sum-tree.ts'

const sizes = Array.from({ length: 20 }, (_, i) => i + 1)

function leavesOf(size: number): Leaf[] {
  return Array.from({ length: size }, (_, index) => ({
    account: `0x${(index + 1).toString(16).padStart(40, '0')}` as Address,
    amount: toWei(BigInt(index * 1000 + 7)),
    earned: toWei(BigInt(index * 2000 + 9)),
    index,
  }))
}

function word(value: bigint | number): Uint8Array {
  return fromHex(BigInt(value).toString(16).padStart(64, '0'))
}

/** The same tree, written as its definition: two halves; a half without leaves has the hash and the sum zero. */
function define(leaves: readonly Leaf[], from: number, depth: number): Sum {
  const leaf = leaves[from]
  if (leaf === undefined) return { hash: new Uint8Array(32), sum: 0n }
  if (depth === 0) return { hash: defineLeaf(leaf), sum: leaf.amount }
  const [left, right] = [define(leaves, from, depth - 1), define(leaves, from + 2 ** (depth - 1), depth - 1)]
  return join(left, right)
}

function defineLeaf(leaf: Leaf): Uint8Array {
  const type = keccak(
    new TextEncoder().encode('Leaf(address account,uint256 amount,uint256 earned,uint256 index)'),
  )
  return keccak(
    concat([type, word(BigInt(leaf.account)), word(leaf.amount), word(leaf.earned), word(leaf.index)]),
  )
}

function join(left: Sum, right: Sum): Sum {
  const hash = keccak(concat([left.hash, word(left.sum), right.hash, word(right.sum)]))
  return { hash, sum: left.sum + right.sum }
}

describe.each(sizes)('a tree of %i leaves', (size) => {
  const leaves = leavesOf(size)
  const tree = buildTree(leaves)
  const { root, total } = rootOf(tree)
  const top = { root, total, depth: tree.depth }

  test('has the depth, root and total of its definition', () => {
    expect(2 ** tree.depth).toBeGreaterThanOrEqual(size)
    if (size > 1) expect(2 ** (tree.depth - 1)).toBeLessThan(size)
    const defined = define(leaves, 0, tree.depth)
    expect(root).toBe(toHex(defined.hash))
    expect(total).toBe(defined.sum)
  })

  test('proves every leaf, and no leaf in another place', () => {
    for (const leaf of leaves) {
      const proof = proofOf(tree, leaf.index)
      expect(proof).toHaveLength(44 * tree.depth)
      expect(() => checkProof(leaf, proof, top)).not.toThrow()
      const others = Array.from({ length: 2 ** tree.depth }, (_, index) => index).filter(
        (i) => i !== leaf.index,
      )
      for (const index of others) expect(() => checkProof({ ...leaf, index }, proof, top)).toThrow(Failure)
    }
  })

  test('proves no changed leaf', () => {
    const leaf = leaves[size - 1]
    if (leaf === undefined) throw new Error('no leaf')
    const proof = proofOf(tree, leaf.index)
    const account = `0x${'f'.repeat(40)}` as Address
    for (const change of [
      { account },
      { amount: toWei(leaf.amount + 1n) },
      { earned: toWei(leaf.earned + 1n) },
    ])
      expect(() => checkProof({ ...leaf, ...change }, proof, top)).toThrow(
        'proof: expected a proof that ends in the root',
      )
  })
})

const leaves = leavesOf(5)
const tree = buildTree(leaves)
const { root, total } = rootOf(tree)
const top = { root, total, depth: tree.depth }
const [first = leaves[0] as Leaf] = leaves
const proof = proofOf(tree, 0)

test.each([0, 1, 43, 44, 131, 133, 176])('a proof of %i bytes is refused for its length', (length) => {
  const wrong = new Uint8Array(length)
  wrong.set(proof.subarray(0, length))
  expect(() => checkProof(first, wrong, top)).toThrow('proof: expected 132 bytes for depth 3')
})

test('an index that means the same place modulo the size of the tree is refused', () => {
  for (const alias of [8, 16, 2 ** 31, 2 ** 32 - 8])
    expect(() => checkProof({ ...first, index: alias }, proof, top)).toThrow(
      'leaf.index: expected an index below 2^3',
    )
})

test('a changed hash or sum of a sibling is refused', () => {
  for (let place = 0; place < proof.length; place += 1) {
    const changed = proof.slice()
    changed[place] = (changed[place] ?? 0) ^ 1
    expect(() => checkProof(first, changed, top)).toThrow('proof: expected a proof that ends in the root')
  }
})

test('the total must be the sum of the amounts', () => {
  expect(() => checkProof(first, proof, { ...top, total: toWei(total + 1n) })).toThrow(
    `proof: expected sums that add up to ${total + 1n}`,
  )
})

test('a depth that the escrow does not take is refused', () => {
  const depth = MAX_DEPTH + 1
  expect(() => checkProof(first, new Uint8Array(44 * depth), { ...top, depth })).toThrow('leaf.index')
})

test('a sum cannot be moved from one side of a node to the other', () => {
  const [left, right] = [
    { hash: hashLeaf(first), sum: 5n },
    { hash: fromHex(root), sum: 3n },
  ]
  const moved = hashNode({ ...left, sum: 3n }, { ...right, sum: 5n })
  expect(toHex(hashNode(left, right))).not.toBe(toHex(moved))
})

test('an empty tree has the root zero and proves nothing', () => {
  const empty = buildTree([])
  expect(rootOf(empty)).toEqual({ root: `0x${'0'.repeat(64)}`, total: 0n })
  expect(() => proofOf(empty, 0)).toThrow('index: expected')
})

test('leaves must stand at their index', () => {
  expect(() => buildTree(leaves.toReversed())).toThrow('leaves[0].index: expected 0, found 4')
})

test('there is no proof outside the tree', () => {
  for (const index of [-1, 5, 0.5])
    expect(() => proofOf(tree, index)).toThrow('index: expected a leaf from 0 to 4')
})

test('a total above what the escrow can hold is refused', () => {
  const rich = leavesOf(2).map((leaf) => ({ ...leaf, amount: toWei(MAX_WEI), earned: toWei(MAX_WEI) }))
  expect(() => rootOf(buildTree(rich))).toThrow('total: expected 0 to')
})

/** Numbers from 0 to `below`, the same in each run. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** All that a tree says, in one line. */
function sayingsOf(tree: SumTree): string {
  const proofs = tree.leaves.map(({ index }) => proofOf(tree, index))
  const { root, total } = rootOf(tree)
  return [root, total, tree.depth, toHex(concat(proofs))].join(' ')
}

/** Some leaves of so many get other amounts, and `added` more leaves follow, in no order. */
function change(size: number, added: number, roll: (below: number) => number): Leaf[] {
  const places = new Set(Array.from({ length: roll(5) }, () => roll(size + added)))
  for (let i = size + added - 1; i >= size; i -= 1) places.add(i)
  return leavesOf(size + added)
    .filter(({ index }) => places.has(index))
    .map((leaf) => ({ ...leaf, amount: toWei(BigInt(roll(1_000_000))) }))
    .toReversed()
}

test.each([1, 2, 3, 4])('a tree that changes leaf by leaf is the tree built whole, seed %i', (seed) => {
  const roll = dice(seed)
  const grown = buildTree([])
  for (let step = 0; step < 20; step += 1) {
    const changed = change(grown.leaves.length, roll(roll(8) === 0 ? 40 : 3), roll)
    const next = [...grown.leaves]
    for (const leaf of changed) next[leaf.index] = leaf
    const whole = buildTree(next)

    const before = sayingsOf(grown)
    const update = planUpdate(grown, changed)
    expect(sayingsOf(grown)).toBe(before)
    applyUpdate(grown, update)
    expect({ root: update.root, total: update.total }).toEqual(rootOf(whole))
    expect(sayingsOf(grown)).toBe(sayingsOf(whole))
  }
  expect(grown.leaves.length).toBeGreaterThan(15)
})

test('one changed leaf of many costs one path', () => {
  const many = buildTree(leavesOf(1000))
  const update = planUpdate(many, leavesOf(1000).slice(500, 501))
  expect(update.patches.map(({ places }) => [...places])).toEqual(
    Array.from({ length: 11 }, (_, height) => [500 >> height]),
  )
})

test('an update that leaves a gap, or has two leaves for one place, is refused', () => {
  const [third, fourth] = leavesOf(7).slice(5)
  if (third === undefined || fourth === undefined) throw new Error('no leaves')
  expect(() => planUpdate(tree, [fourth])).toThrow('leaf.index: expected at most 5, the next place, found 6')
  expect(() => planUpdate(tree, [third, third])).toThrow('leaf.index: expected one leaf a place, found 5')
  expect(() => planUpdate(tree, [third, { ...fourth, amount: toWei(MAX_WEI) }])).toThrow(
    'total: expected 0 to',
  )
})
