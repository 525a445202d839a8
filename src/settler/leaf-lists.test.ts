import { expect, test } from 'vitest'
import type { Address } from '../protocol/address.ts'
import { ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { testOpening } from '../protocol/escrow/test-opening.ts'
import { listDigest, parseLeafList, readLeafList } from '../protocol/statement/leaf-list.ts'
import type { SignedStatement, Statement } from '../protocol/statement/statement.ts'
import type { Wei } from '../protocol/wei.ts'
import { toWei } from '../protocol/wei.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import type { Draft } from './book.ts'
import { Book } from './book.ts'
import type { EscrowPort, Posted } from './escrow-port.ts'
import { LeafLists } from './leaf-lists.ts'
import { packStatements, replaySettler } from './settler-record.ts'

const JOB: Hex = `0x${'7'.repeat(64)}`
const verdictsOf = (n: number): Hex => `0x${String(n).padStart(64, '0')}`
const payee = (n: number): Address => `0x${String(n).padStart(40, '0')}` as Address
const unsigned = (statement: Statement): SignedStatement => ({ statement, signature: new Uint8Array(65) })

/** A settler's book and journal, what the chain holds, and what others were asked to mirror. */
class Desk {
  readonly store = openMemoryStore()
  readonly chain: Statement[] = []
  readonly mirrored: string[] = []
  readonly lists = new LeafLists(
    ({ statement: { epoch, seq } }) => void this.mirrored.push(`${epoch}.${seq}`),
  )
  book = new Book(JOB, 10_000n as Wei)
  port = this.#follow()
  #made = 0

  /** Promises that each of `size` payees has earned `each`. */
  async state(size: number, each: bigint, isLast = false): Promise<Statement> {
    const entries = Array.from({ length: size }, (_, n) => [payee(n + 1), toWei(each)] as const)
    this.#made += 1
    const verdicts = verdictsOf(this.#made)
    const earned = { payees: new Map(entries), units: 1, verdicts, isEnd: false }
    const draft: Draft = this.book.draft(this.book.changes(earned), { units: 1, verdicts, isLast })
    await this.store.journal('settler').append(packStatements(draft))
    return this.book.enter(draft).statement
  }

  async restart(): Promise<void> {
    this.book = new Book(JOB, 10_000n as Wei)
    await replaySettler(this.store.journal('settler'), this.book)
    this.port = this.#follow()
  }

  async fetch(statement: Statement) {
    const bytes = await this.lists.read(listDigest(statement))
    return bytes && (await readLeafList(bytes, statement, async () => undefined))
  }

  #follow(): EscrowPort {
    const { book, store, chain } = this
    const escrow: EscrowPort = {
      post: async ({ statement }) => {
        chain[statement.epoch] = statement
        return JOB
      },
      posted: async (epoch): Promise<Posted | undefined> => {
        const there = chain[epoch]
        return there && { ...there, claimed: toWei(0n), leftSeconds: 9 }
      },
      postCost: async () => undefined,
      claim: async () => ({ transaction: JOB, credited: [] }),
      areClaimed: async () => [],
    }
    const opening = testOpening({ publisher: ZERO_ADDRESS })
    return this.lists.follow({ book, opening, journal: store.journal('settler'), escrow, sign: unsigned })
  }
}

test('the list of a statement is there before it is posted, and still when its epoch has gone on', async () => {
  const desk = new Desk()
  const first = await desk.state(2, 5n)
  await desk.port.post(unsigned(first))
  const second = await desk.state(3, 9n)
  expect(desk.mirrored).toEqual(['0.1'])
  expect((await desk.fetch(first))?.leaves.map(({ amount }) => amount)).toEqual([5n, 5n])
  expect((await desk.fetch(first))?.verdicts).toBe(verdictsOf(1))
  expect((await desk.fetch(second))?.leaves).toHaveLength(3)
})

test('after a restart the lists of all ended epochs are there, and of what is on chain of the open one', async () => {
  const desk = new Desk()
  const ended = await desk.state(2, 5n, true)
  const posted = await desk.state(2, 6n)
  const newest = await desk.state(2, 8n)
  desk.chain.push(ended, posted)
  await desk.restart()
  for (const epoch of [0, 1, 1]) await desk.port.posted(epoch)
  expect(desk.mirrored).toEqual(['0.1', '1.1'])
  for (const statement of [ended, posted, newest])
    expect((await desk.fetch(statement))?.leaves).toHaveLength(2)
})

test('what somebody else posted is noticed, and what is not of this settler has no list', async () => {
  const desk = new Desk()
  const old = await desk.state(1, 5n)
  await desk.state(1, 7n)
  desk.chain.push(old)
  expect(await desk.port.posted(0)).toMatchObject({ seq: 1 })
  expect(desk.mirrored).toEqual(['0.1'])
  desk.chain[0] = { ...old, root: verdictsOf(99), dataHash: verdictsOf(98) }
  await desk.port.posted(0)
  expect(desk.mirrored).toEqual(['0.1'])
  const bytes = await desk.lists.read(listDigest({ dataHash: verdictsOf(98) }))
  expect(bytes).toBeUndefined()
})

test('an older statement that never was on chain is nobody else’s, nor is a job that was forgotten', async () => {
  const desk = new Desk()
  const [old, newest] = [await desk.state(1, 5n), await desk.state(1, 7n)]
  expect(await desk.fetch(old)).toBeUndefined()
  const bytes = await desk.lists.read(listDigest(newest))
  expect(bytes && parseLeafList(bytes).leaves[0]?.earned).toBe(7n)
  desk.lists.forget(JOB)
  expect(await desk.fetch(newest)).toBeUndefined()
})
