import { expect, test } from 'vitest'
import type { Address } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import { readList, readRecord } from '../protocol/read.ts'
import { packLeafList } from '../protocol/statement/leaf-list.ts'
import type { Statement } from '../protocol/statement/statement.ts'
import { buildTree, checkProof, proofOf, rootOf } from '../protocol/statement/sum-tree.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { packRecord, parseRecord } from '../store/record.ts'
import type { Draft, Earned, Epoch } from './book.ts'
import { Book, makeEpoch } from './book.ts'
import { findStatement, packClaimed, packPosted, packStatements, replaySettler } from './settler-record.ts'

const JOB: Hex = `0x${'7'.repeat(64)}`
const DATA: Hex = `0x${'0'.repeat(64)}`
const FIELDS = ['version', 'statement', 'leaves', 'verdicts']
const LEAVES = { max: 100, read: (leaf: unknown) => leaf }
const payee = (n: number): Address => `0x${String(n).padStart(40, '0')}` as Address
const earned = (...amounts: readonly (readonly [number, bigint])[]): Earned => ({
  payees: new Map(amounts.map(([n, amount]) => [payee(n), toWei(amount)])),
  units: 1,
  verdicts: DATA,
  isEnd: false,
})
const makeBook = (budget = 1_000n): Book => new Book(JOB, budget as Wei)

function draft(book: Book, what: Earned, isLast = false): Draft {
  return book.draft(book.changes(what), { units: what.units, verdicts: DATA, isLast })
}

function state(book: Book, what: Earned, isLast = false): Epoch {
  return book.enter(draft(book, what, isLast))
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
  expect(() => book.changes(earned([1, 14n]))).toThrow(`earned by ${payee(1)}: expected no less than before`)
  state(book, earned([1, 20n], [2, 1n]))
  expect(() => book.changes(earned([1, 19n], [2, 1n]))).toThrow(`earned by ${payee(1)}: expected no less`)
  expect(() => book.changes(earned([1, 21n]))).toThrow('earned: expected all 2 payees of the epoch, found 1')
})

test('a statement is made of what has changed, and gives the tree of all leaves built whole', () => {
  const book = makeBook()
  state(book, earned([1, 10n], [2, 5n], [3, 1n]))
  const open = state(book, earned([1, 10n], [2, 6n], [3, 1n]))
  const changes = book.changes(earned([2, 6n], [3, 4n], [1, 10n], [4, 9n]))
  expect(changes.total).toBe(29n)
  expect(changes.leaves.map(({ account, amount, index }) => [account, amount, index])).toEqual([
    [payee(3), 4n, 2],
    [payee(4), 9n, 3],
  ])
  const before = rootOf(open.tree)
  const next = book.draft(changes, { units: 1, verdicts: DATA, isLast: false })
  expect(rootOf(open.tree)).toEqual(before)
  const { tree, statement } = book.enter(next)
  const whole = buildTree(tree.leaves)
  expect(statement).toMatchObject({ ...rootOf(whole), depth: whole.depth, total: 29n })
  expect(statement.dataHash).toBe(`0x${digestOf(packLeafList({ leaves: tree.leaves, verdicts: DATA }))}`)
})

test('what an epoch lacks after an older statement of it became final is in the next one', () => {
  const book = makeBook()
  const { statement, tree } = state(book, earned([1, 10n]))
  const old = makeEpoch(statement, [...tree.leaves], DATA)
  state(book, earned([1, 30n], [2, 5n]), true)
  state(book, earned([1, 40n], [2, 5n]))
  expect(book.replace(old)).toBe(25n)
  const changes = book.changes(earned([1, 40n], [2, 5n]))
  expect(changes.leaves.map(({ account, amount }) => [account, amount])).toEqual([
    [payee(1), 30n],
    [payee(2), 5n],
  ])
  expect(changes.total).toBe(35n)
})

test('a statement that does not follow is refused', () => {
  const book = makeBook()
  const first = draft(book, earned([1, 1n]))
  book.enter(first)
  expect(() => book.enter(first)).toThrow('statement 0.1 does not follow')
  expect(() => book.post(3, undefined)).toThrow('there is no epoch 3')
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

/** A journal of eight statements in three epochs, and the book that wrote it. */
async function write() {
  const journal = openMemoryStore().journal('settler')
  const book = makeBook(100_000n)
  const statements: Statement[] = []
  for (let step = 1; step <= 8; step += 1) {
    const amounts = Array.from(
      { length: 3 * step },
      (_, n) => [n, BigInt(n % 3 === 0 ? 9 * step : 9)] as const,
    )
    const next = draft(book, earned(...amounts), step % 3 === 0)
    await journal.append(packStatements(next))
    statements.push(book.enter(next).statement)
    if (step !== 4) continue
    // The one is over, the other goes on.
    for (const { statement } of book.epochs) {
      book.post(statement.epoch, statement)
      await journal.append(packPosted(statement.epoch, statement))
    }
    book.claim(0, [1])
    await journal.append(packClaimed(0, { indexes: [1], transaction: JOB }))
  }
  return { journal, book, statements }
}

/** What matters of a book. */
const contentsOf = (book: Book) => book.epochs.map((epoch) => ({ ...epoch, tree: epoch.tree.leaves }))

test('a replayed journal gives the same book, which goes on the same way', async () => {
  const { journal, book } = await write()
  const again = makeBook(100_000n)
  expect(await replaySettler(journal, again)).toEqual([{ epoch: 0, indexes: [1], transaction: JOB }])
  expect(contentsOf(again)).toEqual(contentsOf(book))
  const more = earned(...Array.from({ length: 30 }, (_, n) => [n, 100n] as const))
  expect(state(again, more).statement).toEqual(state(book, more).statement)
})

test('a record holds the leaves that its statement changes, and no others', async () => {
  const { journal } = await write()
  const counts: number[] = []
  for await (const bytes of journal.read()) {
    const { kind, body } = parseRecord(bytes)
    if (kind === 'statement')
      counts.push(readList(readRecord(body, kind, FIELDS).leaves, kind, LEAVES).length)
  }
  // Three who are new, and one of each three before.
  expect(counts).toEqual([3, 4, 5, 6, 7, 8, 9, 10])
})

test('every statement that was journaled is found by its root, with its own tree', async () => {
  const { journal, statements } = await write()
  for (const statement of statements) {
    const found = await findStatement(journal, statement)
    expect(found?.statement).toEqual(statement)
    expect(found && rootOf(found.tree)).toEqual({ root: statement.root, total: statement.total })
    const list = packLeafList({ leaves: found?.tree.leaves ?? [], verdicts: DATA })
    expect(statement.dataHash).toBe(`0x${digestOf(list)}`)
  }
  expect(await findStatement(journal, { epoch: 0, root: JOB })).toBeUndefined()
})

test('a journal that contradicts itself is refused', async () => {
  const replay = async (...records: Uint8Array[]) => {
    const journal = openMemoryStore().journal('settler')
    for (const record of records) await journal.append(record)
    return replaySettler(journal, makeBook())
  }
  const book = makeBook()
  const first = draft(book, earned([1, 1n]))
  const other = draft(makeBook(), earned([2, 1n]))
  book.enter(first)
  const second = draft(book, earned([1, 1n], [2, 4n]))
  await expect(replay(packStatements({ ...first, update: other.update }))).rejects.toThrow('statement.leaves')
  await expect(replay(packStatements(second))).rejects.toThrow('statement.seq: expected 1 in epoch 0')
  const gap = { ...second, statement: { ...second.statement, seq: 1 } }
  await expect(replay(packStatements(gap))).rejects.toThrow('leaf.index: expected at most 0')
  await expect(replay(packRecord('statement', { leaves: [] }))).rejects.toThrow(
    'Run the program that wrote it, or start with an empty store',
  )
})
