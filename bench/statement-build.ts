import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { keccak } from '../src/protocol/account.ts'
import { readAddress } from '../src/protocol/address.ts'
import type { Hex } from '../src/protocol/bytes.ts'
import { toHex } from '../src/protocol/bytes.ts'
import type { Leaf } from '../src/protocol/sum-tree.ts'
import { toWei } from '../src/protocol/wei.ts'
import type { Earned } from '../src/settler/book.ts'
import { Book } from '../src/settler/book.ts'
import type { Found } from './row.ts'

const PAYEES = 100_000
const ROUNDS = 3
const BUDGET = toWei(10n ** 24n)
const HASH: Hex = `0x${'11'.repeat(32)}`
const FACTS = { units: PAYEES, dataHash: HASH, isLast: false }

/**
 * Measures what the first statement over 10^5 payees takes and keeps, and the next one, in which one payee has earned
 * more. Nothing is kept between the two: today every statement is built whole.
 */
export async function statementBuild(): Promise<ReadonlyMap<string, Found>> {
  const payees = makePayees()
  const rounds = Array.from({ length: ROUNDS }, () => measureRound(payees))
  return new Map([
    [
      'statement-build.seconds',
      row(
        rounds.map(({ seconds }) => seconds),
        `${PAYEES} payees`,
      ),
    ],
    [
      'statement-build.memory',
      row(
        rounds.map(({ memory }) => memory),
        'what is kept of the tree, after a collection',
      ),
    ],
    [
      'statement-build.update',
      row(
        rounds.map(({ update }) => update),
        'one payee of 100000: the whole tree is built again',
      ),
    ],
  ])
}

/** A function of its own, so that nothing of a round is alive in the next. */
function measureRound(payees: Earned['payees']) {
  const book = new Book(HASH, BUDGET)
  const [before, start] = [bytesInUse(), performance.now()]
  const first = book.draft(leavesOf(book, payees), FACTS)
  const seconds = (performance.now() - start) / 1_000
  const memory = (bytesInUse() - before) / 1e6
  book.enter(first)
  const changed = new Map(payees)
  changed.set(readAddress(first.tree.leaves[0]?.account, 'account'), toWei(10n ** 16n))
  const again = performance.now()
  book.draft(leavesOf(book, changed), FACTS)
  return { seconds, memory, update: (performance.now() - again) * 1_000 }
}

function row(samples: readonly number[], note: string): Found {
  return { samples, baseline: null, note }
}

function makePayees(): Earned['payees'] {
  return new Map(
    Array.from({ length: PAYEES }, (_, index) => {
      const digest = keccak(new TextEncoder().encode(`payee ${index}`))
      const account = readAddress(toHex(digest.subarray(12)), 'account')
      return [account, toWei(10n ** 15n + BigInt(index))] as const
    }),
  )
}

function leavesOf(book: Book, payees: Earned['payees']): Leaf[] {
  return book.leaves({ payees, units: PAYEES, verdicts: HASH, isEnd: false })
}

/** What is in use once everything else has been collected. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
