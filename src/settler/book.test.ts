import { expect, test } from 'vitest'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { checkProof, proofOf } from '../protocol/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import type { Earned, Epoch } from './book.ts'
import { Book } from './book.ts'
import { packClaimed, packPosted, packStatements, replaySettler } from './settler-record.ts'

const JOB: Hex = `0x${'7'.repeat(64)}`
const DATA: Hex = `0x${'0'.repeat(64)}`
const payee = (n: number): Address => `0x${String(n).padStart(40, '0')}` as Address
const earned = (...amounts: readonly (readonly [number, bigint])[]): Earned => ({
  payees: new Map(amounts.map(([n, amount]) => [payee(n), toWei(amount)])),
  units: 1,
  verdicts: DATA,
  isEnd: false,
})
const makeBook = (budget = 1_000n): Book => new Book(JOB, budget as Wei)

function state(book: Book, what: Earned, isLast = false): Epoch {
  const epoch = book.draft(book.leaves(what), { units: what.units, dataHash: DATA, isLast })
  book.enter(epoch)
  return epoch
}

test('an epoch grows by statements with a rising seq, and the next one holds only what came after', () => {
  const book = makeBook()
  expect(state(book, earned([1, 10n])).statement).toMatchObject({ epoch: 0, seq: 1, total: 10n })
  expect(state(book, earned([1, 10n], [2, 5n]), true).statement).toMatchObject({
    epoch: 0,
    seq: 2,
    total: 15n,
    isLast: true,
  })
  expect(book.open).toBeUndefined()
  const next = state(book, earned([1, 30n], [2, 5n]))
  expect(next.statement).toMatchObject({ epoch: 1, seq: 1, total: 20n })
  expect(next.tree.leaves).toEqual([{ account: payee(1), amount: 20n, earned: 30n, index: 0 }])
})

test('a payee keeps its place in an epoch when others begin to earn, so that a proof of an older statement names the same leaf', () => {
  const book = makeBook()
  state(book, earned([1, 10n], [2, 5n]), true)
  state(book, earned([1, 10n], [2, 9n]))
  const epoch = state(book, earned([1, 17n], [2, 9n], [3, 2n]))
  expect(epoch.tree.leaves.map((leaf) => [leaf.account, leaf.amount])).toEqual([
    [payee(2), 4n],
    [payee(1), 7n],
    [payee(3), 2n],
  ])
  for (const leaf of epoch.tree.leaves) checkProof(leaf, proofOf(epoch.tree, leaf.index), epoch.statement)
})

test('totals over all epochs never pass the budget', () => {
  const book = makeBook(20n)
  state(book, earned([1, 15n]), true)
  expect(() => state(book, earned([1, 21n]))).toThrow('21 wei would be promised, the budget is 20 wei')
  expect(book.epochs).toHaveLength(1)
  expect(state(book, earned([1, 20n])).statement.total).toBe(5n)
})

test('earnings that shrink are refused: a promise is never taken back', () => {
  const book = makeBook()
  state(book, earned([1, 15n]), true)
  expect(() => book.leaves(earned([1, 14n]))).toThrow(`earned by ${payee(1)}`)
})

test('a statement that does not follow is refused', () => {
  const book = makeBook()
  const first = state(book, earned([1, 1n]))
  expect(() => book.enter(first)).toThrow('statement 0.1 does not follow')
  expect(() => book.post(3)).toThrow('there is no epoch 3')
})

test('an ended epoch is unpaid until every leaf is claimed', () => {
  const book = makeBook()
  state(book, earned([1, 1n], [2, 2n]), true)
  expect(book.unpaid).toHaveLength(1)
  book.claim(0, [0])
  expect(book.unpaid).toHaveLength(1)
  book.claim(0, [1])
  expect(book.unpaid).toHaveLength(0)
})

test('a replayed journal gives the same book', async () => {
  const journal = openMemoryStore().journal('settler')
  const book = makeBook()
  for (const [what, isLast] of [
    [earned([1, 1n], [2, 2n]), false],
    [earned([1, 4n], [2, 2n]), true],
    [earned([1, 4n], [2, 9n]), false],
  ] as const)
    await journal.append(packStatements(state(book, what, isLast)))
  book.post(0)
  await journal.append(packPosted(0))
  book.claim(0, [1])
  await journal.append(packClaimed(0, { indexes: [1], transaction: JOB }))

  const again = makeBook()
  expect(await replaySettler(journal, again)).toEqual([{ epoch: 0, indexes: [1], transaction: JOB }])
  expect(again.epochs.map(({ statement }) => statement)).toEqual(
    book.epochs.map(({ statement }) => statement),
  )
  expect(again.epochs[0]).toMatchObject({ isPosted: true, claimed: new Set([1]) })
  expect(again.leaves(earned([1, 4n], [2, 9n]))).toEqual(book.leaves(earned([1, 4n], [2, 9n])))
})

test('a journal with other leaves than the statement says is refused', async () => {
  const journal = openMemoryStore().journal('settler')
  const epoch = state(makeBook(), earned([1, 1n]))
  const other = state(makeBook(), earned([2, 1n]))
  await journal.append(packStatements({ ...epoch, tree: other.tree }))
  await expect(replaySettler(journal, makeBook())).rejects.toThrow('statement.leaves')
})
