import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Keccak } from '../src/protocol/account.ts'
import { keccak } from '../src/protocol/account.ts'
import { readAddress } from '../src/protocol/address.ts'
import type { Hex } from '../src/protocol/bytes.ts'
import { toHex } from '../src/protocol/bytes.ts'
import { loadKeccak } from '../src/protocol/fast-keccak.ts'
import type { SumTree } from '../src/protocol/statement/sum-tree.ts'
import { applyUpdate, planUpdate } from '../src/protocol/statement/sum-tree.ts'
import { toWei } from '../src/protocol/wei.ts'
import type { Earned, Epoch } from '../src/settler/book.ts'
import { Book } from '../src/settler/book.ts'
import type { Found } from './row.ts'
import { median } from './spread.ts'

const PAYEES = 100_000
const ROUNDS = 3
const UPDATES = 1_000
const BUDGET = toWei(10n ** 24n)
const HASH: Hex = `0x${'11'.repeat(32)}`
const FACTS = { units: PAYEES, verdicts: HASH, isLast: false }

/**
 * Measures what the first statement over 10^5 payees takes and keeps, and what it takes when one payee has earned more: to hash
 * the path of its leaf, and to make the whole next statement.
 */
export async function statementBuild(): Promise<ReadonlyMap<string, Found>> {
  const payees = makePayees()
  const hash = await loadKeccak()
  measureRound(payees, hash) // what is kept once and for all is kept by now
  const rounds = Array.from({ length: ROUNDS }, () => measureRound(payees, hash))
  const next = median(rounds.map(({ nextMs }) => nextMs)).toFixed(0)
  return new Map([
    [
      'statement-build.seconds',
      row(
        rounds.map(({ seconds }) => seconds),
        `${PAYEES} payees, from what they earned to the root and the digest of the leaves`,
      ),
    ],
    [
      'statement-build.memory',
      row(
        rounds.map(({ memory }) => memory),
        'what is kept of leaves and tree, after a collection',
      ),
    ],
    [
      'statement-build.update',
      row(
        rounds.map(({ update }) => update),
        `the path of one leaf of ${PAYEES}; the whole next statement takes ${next} ms: it looks at every payee and digests the list of leaves`,
      ),
    ],
  ])
}

/** A function of its own, so that nothing of a round is alive in the next. */
function measureRound(payees: Earned['payees'], hash: Keccak) {
  const book = new Book(HASH, BUDGET, hash)
  const [before, start] = [bytesInUse(), performance.now()]
  const { tree } = state(book, payees)
  const seconds = (performance.now() - start) / 1_000
  const memory = (bytesInUse() - before) / 1e6
  const nextMs = measureNext(book, payees)
  return { seconds, memory, nextMs, update: measureUpdate(tree, hash) }
}

function measureNext(book: Book, payees: Earned['payees']): number {
  const [account] = payees.keys()
  const more = new Map(payees).set(readAddress(account, 'account'), toWei(10n ** 16n))
  const start = performance.now()
  state(book, more)
  return performance.now() - start
}

/** The microseconds of one path, of many leaves in turn. */
function measureUpdate(tree: SumTree, hash: Keccak): number {
  const leaves = tree.leaves.filter(({ index }) => index % (PAYEES / UPDATES) === 0)
  const start = performance.now()
  for (const leaf of leaves)
    applyUpdate(tree, planUpdate(tree, [{ ...leaf, amount: toWei(leaf.amount + 1n) }], hash))
  return ((performance.now() - start) / leaves.length) * 1_000
}

/** Makes a statement as a settler does, but for the journal and the signature. */
function state(book: Book, payees: Earned['payees']): Epoch {
  return book.enter(book.draft(book.changes({ payees }), FACTS))
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

/** What is in use once everything else has been collected. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  for (let turn = 0; turn < 3; turn += 1) collect() // what one finds dead the next one frees
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
