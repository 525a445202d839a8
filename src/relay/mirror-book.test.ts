import { expect, test } from 'vitest'
import { readAddress } from '../protocol/address.ts'
import type { Digest } from '../protocol/bytes.ts'
import { MirrorBook } from './mirror-book.ts'

const [ann, bob] = ['aa', 'bb'].map((byte) => readAddress(`0x${byte.repeat(20)}`, 'publisher'))
const KIB = 1_024
const digest = (n: number) => String(n).padStart(64, '0') as Digest
const open = () => new MirrorBook({ maxMirrorBytes: 12 * KIB, maxMirrorBytesPerPublisher: 8 * KIB })

/** A list that takes this many KiB, one of them for its entry. */
function list(n: number, { publisher = ann, kib = 2, until = 100 } = {}) {
  if (publisher === undefined) throw new Error('no publisher')
  return { publisher, digest: digest(n), bytes: new Uint8Array((kib - 1) * KIB), until }
}

const kept = (book: MirrorBook, ...numbers: number[]) =>
  numbers.filter((n) => book.get(digest(n)) !== undefined)

test('a publisher that has used up its share loses what was asked for longest ago, others lose nothing', () => {
  const book = open()
  book.put(list(9, { publisher: bob }))
  for (const n of [1, 2, 3, 4]) book.put(list(n))
  book.get(digest(1))
  book.put(list(5))
  expect(kept(book, 1, 2, 3, 4, 5, 9)).toEqual([1, 3, 4, 5, 9])
})

test('when all is full, whoever has the most makes room', () => {
  const book = open()
  for (const n of [1, 2, 3, 4]) book.put(list(n))
  for (const n of [7, 8]) book.put(list(n, { publisher: bob }))
  book.put(list(9, { publisher: bob }))
  expect(kept(book, 1, 2, 3, 4, 7, 8, 9)).toEqual([2, 3, 4, 7, 8, 9])
})

test('the longest list fits, and nothing is counted twice', () => {
  const book = open()
  expect(book.maxBytes).toBe(7 * KIB)
  for (let round = 0; round < 20; round += 1) book.put(list(1, { kib: 8 }))
  book.put(list(2, { publisher: bob, kib: 4 }))
  expect(kept(book, 1, 2)).toEqual([1, 2])
})

test('a list is kept until its time is over, the later one where two are named', () => {
  const book = open()
  book.put(list(1, { until: 100 }))
  book.put(list(2, { until: 200 }))
  book.put(list(1, { until: 300 }))
  book.put(list(1, { until: 50 }))
  book.expire(200)
  expect(kept(book, 1, 2)).toEqual([1])
  book.expire(300)
  expect(book.size).toBe(0)
})
