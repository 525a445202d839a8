import { expect, test } from 'vitest'
import type { Address } from '../address.ts'
import { toDigits } from '../bytes.ts'
import { decodeCbor, encodeCbor } from '../cbor.ts'
import { Failure } from '../failure.ts'
import { MAX_WEI, toWei } from '../wei.ts'
import { packLeafList, parseLeafList, readLeafList } from './leaf-list.ts'
import type { Leaf } from './sum-tree.ts'
import { buildTree, rootOf } from './sum-tree.ts'

const verdicts = `0x${'ab'.repeat(32)}` as const

function leavesOf(size: number): Leaf[] {
  return Array.from({ length: size }, (_, index) => ({
    account: `0x${(index + 1).toString(16).padStart(40, '0')}` as Address,
    amount: toWei(BigInt(index) * 10n ** 20n + 7n),
    earned: toWei(BigInt(index) * 10n ** 20n + 9n),
    index,
  }))
}

/** The list with one field of its record put in its place. */
function listWith(change: Record<string, unknown>): Uint8Array {
  return encodeCbor({ version: 1, verdicts: new Uint8Array(32), leaves: new Uint8Array(88), ...change })
}

/** The bytes of leaves whose amount and earned begin with these bytes. */
function leafBytes(amount: readonly number[], earned: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(88)
  bytes.set(amount, 44 + 20)
  bytes.set(earned, 44 + 32)
  return bytes
}

test.each([0, 1, 5])('a list of %i leaves survives', (size) => {
  const list = { leaves: leavesOf(size), verdicts }
  expect(parseLeafList(packLeafList(list))).toEqual(list)
})

test('the largest amounts survive', () => {
  const leaf = { account: `0x${'f'.repeat(40)}` as Address, amount: toWei(MAX_WEI), earned: toWei(MAX_WEI) }
  const list = { leaves: [{ ...leaf, index: 0 }], verdicts }
  expect(parseLeafList(packLeafList(list))).toEqual(list)
})

test('a leaf is its account, amount and earned, 44 bytes in all', () => {
  const bytes = packLeafList({ leaves: leavesOf(2), verdicts })
  const { leaves } = decodeCbor(bytes) as { leaves: Uint8Array }
  expect(toDigits(leaves.subarray(44))).toBe(
    `${'2'.padStart(40, '0')}${(10n ** 20n + 7n).toString(16).padStart(24, '0')}${(10n ** 20n + 9n)
      .toString(16)
      .padStart(24, '0')}`,
  )
})

test('leaves that stand elsewhere than at their index are not packed', () => {
  expect(() => packLeafList({ leaves: leavesOf(2).toReversed(), verdicts })).toThrow(
    'leafList.leaves[0].index: expected 0, found 1',
  )
})

test.each<[string, Uint8Array, string]>([
  ['no CBOR', new Uint8Array([255]), 'leafList: expected canonical CBOR'],
  ['another version', listWith({ version: 2 }), 'leafList.version: expected a whole number from 1 to 1'],
  ['another field', listWith({ more: 1 }), 'leafList.more: unknown field'],
  ['short verdicts', listWith({ verdicts: new Uint8Array(31) }), 'leafList.verdicts: expected 32 bytes'],
  ['leaves that are no bytes', listWith({ leaves: [] }), 'leafList.leaves: expected bytes'],
  ['half a leaf', listWith({ leaves: new Uint8Array(66) }), 'leafList.leaves: expected 44 bytes a leaf'],
  [
    'an amount beyond any escrow',
    listWith({ leaves: leafBytes([1], [1]) }),
    'leafList.leaves[1].amount: expected 0 to',
  ],
  [
    'less earned than the amount',
    listWith({ leaves: leafBytes([0, 2], [0, 1]) }),
    'leafList.leaves[1].earned: expected at least the amount of this epoch',
  ],
])('%s is refused with the place', (_, bytes, message) => {
  const parse = () => parseLeafList(bytes)
  expect(parse).toThrow(message)
  expect(parse).toThrow(Failure)
})

test('more leaves than a list may have are refused on both ways', () => {
  const [leaf] = leavesOf(1)
  if (leaf === undefined) throw new Error('no leaf')
  expect(() => packLeafList({ leaves: new Array(1_000_001).fill(leaf), verdicts })).toThrow('at most 1000000')
  const large = listWith({ leaves: new Uint8Array(44 * 1_000_001) })
  expect(() => parseLeafList(large)).toThrow('leafList.leaves: expected 0 to 44000000 bytes')
})

/** What a statement says of these leaves. */
function wordsOf(leaves: readonly Leaf[]) {
  const tree = buildTree(leaves)
  return { depth: tree.depth, ...rootOf(tree) }
}

const noPause = async () => undefined

test('the leaves must be those of the statement', async () => {
  const leaves = leavesOf(3)
  const statement = wordsOf(leaves)
  const read = (some: readonly Leaf[], total = statement.total) =>
    readLeafList(packLeafList({ leaves: some, verdicts }), { ...statement, total }, noPause)
  expect(await read(leaves)).toEqual({ leaves, verdicts })
  const fewer = read(leaves.slice(0, 2))
  await expect(fewer).rejects.toThrow('leafList.leaves: expected a tree of depth 2, found 1')
  await expect(read(leavesOf(4))).rejects.toThrow('leafList.leaves: expected a tree with the root 0x')
  await expect(read(leaves, toWei(8n))).rejects.toThrow('expected amounts that add up to 8')
})

test.each([0, 1, 2, 5, 6, 7, 300])('the tree of %i leaves is the one that settlers build', async (size) => {
  const leaves = leavesOf(size)
  let pauses = 0
  const pause = async () => {
    pauses += 1
  }
  await readLeafList(packLeafList({ leaves, verdicts }), wordsOf(leaves), pause)
  expect(pauses > 0).toBe(size === 300)
})
