import { expect, test } from 'vitest'
import type { Hex } from '../protocol/bytes.ts'
import type { SignedStatement } from '../protocol/statement/statement.ts'
import { toWei } from '../protocol/wei.ts'
import { WitnessBook } from './witness-book.ts'

const job = (n: number): Hex => `0x${String(n).padStart(64, '0')}`
const word: Hex = `0x${'0'.repeat(64)}`

function statement(jobId: Hex, seq: number): SignedStatement {
  const rest = { isLast: false, depth: 0, total: toWei(1n), units: 1, root: word, dataHash: word }
  return { statement: { jobId, epoch: 0, seq, ...rest }, signature: new Uint8Array(65) }
}

test('a statement is found in its place and in no other', () => {
  const book = new WitnessBook(10)
  const shown = statement(job(1), 1)
  book.keep(shown)
  expect(book.first(statement(job(1), 1).statement)).toBe(shown)
  expect(book.first(statement(job(1), 2).statement)).toBeUndefined()
  expect(book.first(statement(job(2), 1).statement)).toBeUndefined()
})

test('the oldest statements of a job go when there are too many', () => {
  const book = new WitnessBook(10)
  for (let seq = 1; seq <= 1_001; seq += 1) book.keep(statement(job(1), seq))
  expect(book.first(statement(job(1), 1).statement)).toBeUndefined()
  expect(book.first(statement(job(1), 2).statement)).toBeDefined()
  expect(book.first(statement(job(1), 1_001).statement)).toBeDefined()
})

test('the job that was shown least lately goes when there are too many', () => {
  const book = new WitnessBook(2)
  book.keep(statement(job(1), 1))
  book.keep(statement(job(2), 1))
  book.keep(statement(job(1), 2))
  book.keep(statement(job(3), 1))
  expect(book.first(statement(job(2), 1).statement)).toBeUndefined()
  expect(book.first(statement(job(1), 1).statement)).toBeDefined()
})
