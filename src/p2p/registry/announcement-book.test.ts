import { expect, test } from 'vitest'
import { readAddress } from '../../protocol/address.ts'
import type { Announcement, SignedAnnouncement } from '../../protocol/announcement.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import { readWei } from '../../protocol/wei.ts'
import { AnnouncementBook } from './announcement-book.ts'

const ALICE = readAddress(`0x${'aa'.repeat(20)}`, 'alice')
const BOB = readAddress(`0x${'bb'.repeat(20)}`, 'bob')
const OPENING = testOpening({ publisher: ALICE })
let signatures = 0

function entry(change: Partial<Announcement> = {}): SignedAnnouncement {
  signatures += 1
  const announcement: Announcement = {
    chainId: 1,
    genesis: toHex(new Uint8Array(32)),
    jobId: toHex(new Uint8Array(32).fill(1)),
    escrow: ALICE,
    opening: OPENING,
    price: readWei('5', 'price'),
    peer: 'peer',
    addresses: [],
    name: 'job',
    isWithdrawn: false,
    issuedAt: 1_000,
    expiresAt: 1_090,
    ...change,
  }
  // The book does not look into signatures: it only tells them apart.
  return { announcement, signature: fromHex(signatures.toString(16).padStart(130, '0')) }
}

test('the newest of a job counts: a renewal, a new offer, an older one, the same once more', () => {
  const book = new AnnouncementBook(0)
  const renewal = entry({ issuedAt: 1_030, expiresAt: 1_120 })
  expect(book.put(entry())).toBe('added')
  expect(book.put(renewal)).toBe('refreshed')
  expect(book.put(renewal)).toBe('known')
  expect(book.put(entry({ issuedAt: 1_030 }))).toBe('stale')
  expect(book.put(entry({ issuedAt: 1_040, addresses: ['/ip4/1.2.3.4'] }))).toBe('updated')
  expect(book.size).toBe(1)
})

test('a withdrawal removes the job, and keeps it away until it expires itself', () => {
  const book = new AnnouncementBook(0)
  book.put(entry())
  expect(book.put(entry({ issuedAt: 1_010, expiresAt: 1_100, isWithdrawn: true }))).toBe('removed')
  expect(book.open()).toEqual([])
  expect(book.put(entry({ issuedAt: 1_005, expiresAt: 1_095 }))).toBe('stale')
  expect(book.expire(1_100)).toEqual([])
  expect(book.size).toBe(0)
})

test('a withdrawn job can be opened again', () => {
  const book = new AnnouncementBook(0)
  book.put(entry({ isWithdrawn: true }))
  expect(book.put(entry({ issuedAt: 1_001 }))).toBe('added')
})

test('what expires is given, after the grace for clocks that differ', () => {
  const book = new AnnouncementBook(30)
  const { announcement } = entry()
  book.put(entry())
  expect(book.expire(1_119)).toEqual([])
  expect(book.expire(1_120)).toEqual([announcement])
  expect(book.open()).toEqual([])
})

test('the jobs of each publisher are counted, open or withdrawn', () => {
  const book = new AnnouncementBook(0)
  book.put(entry())
  const opening = testOpening({ publisher: BOB })
  const jobId = toHex(new Uint8Array(32).fill(2))
  const other = { opening, jobId, issuedAt: 2_000, expiresAt: 2_090, isWithdrawn: true }
  expect(book.put(entry(other))).toBe('refreshed')
  expect(book.open()).toHaveLength(1)
  expect([book.countOf(ALICE), book.countOf(BOB)]).toEqual([1, 1])
  book.expire(1_090)
  expect([book.countOf(ALICE), book.countOf(BOB)]).toEqual([0, 1])
})

test('twenty thousand jobs are kept and expire in their time', () => {
  const book = new AnnouncementBook(0)
  for (let i = 0; i < 20_000; i += 1) {
    const jobId = toHex(
      Uint8Array.from({ length: 32 }, (_, place) => (place < 2 ? (i >> (8 * place)) & 255 : 0)),
    )
    book.put(entry({ jobId, expiresAt: 1_050 + (i % 40) }))
  }
  expect(book.size).toBe(20_000)
  const start = performance.now()
  expect(book.expire(1_069)).toHaveLength(10_000)
  expect(performance.now() - start).toBeLessThan(1_000)
  expect(book.countOf(ALICE)).toBe(10_000)
})
