import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import type { SignedStatement } from '../../protocol/statement/statement.ts'
import { toWei } from '../../protocol/wei.ts'
import { MirrorLists } from './mirror-lists.ts'

const word = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
let end = new AbortController()
let now = 1_000

beforeEach(() => {
  vi.useFakeTimers()
  end = new AbortController()
  now = 1_000
})

afterEach(() => {
  end.abort()
  vi.useRealTimers()
})

function statement(seq: number): SignedStatement {
  const facts = {
    jobId: word(7),
    epoch: 0,
    isLast: true,
    depth: 0,
    total: toWei(1n),
    units: 1,
    root: word(1),
  }
  return { statement: { ...facts, seq, dataHash: word(seq) }, signature: new Uint8Array(65) }
}

/** A relay that refuses as often as it is told, and what it was asked. */
function relay(refusals: number) {
  const asked: number[] = []
  const mirror = async ({ statement: { seq } }: SignedStatement) => {
    asked.push(seq)
    if (asked.length <= refusals) throw new Failure('refused', 'busy')
  }
  return { asked, mirror }
}

function open() {
  const troubles: string[] = []
  const lists = new MirrorLists(
    () => now,
    ({ message }) => void troubles.push(message),
  )
  return { lists, troubles }
}

test('a relay is asked once for each list, and one that comes later for all', async () => {
  const { lists, troubles } = open()
  const [first, second] = [relay(0), relay(0)]
  lists.add(statement(1), 2_000)
  void lists.run(first, 'first', end.signal)
  lists.add(statement(1), 2_000)
  await vi.advanceTimersByTimeAsync(1_000)
  lists.add(statement(2), 2_000)
  await vi.advanceTimersByTimeAsync(1_000)
  void lists.run(second, 'second', end.signal)
  await vi.advanceTimersByTimeAsync(200_000)
  expect([first.asked, second.asked]).toEqual([
    [1, 2],
    [1, 2],
  ])
  expect(troubles).toEqual([])
})

test('a relay that refuses is asked again a few times, and why is told', async () => {
  const { lists, troubles } = open()
  const [busy, hopeless] = [relay(2), relay(100)]
  lists.add(statement(3), 2_000)
  void lists.run(busy, 'busy', end.signal)
  void lists.run(hopeless, 'hopeless', end.signal)
  await vi.advanceTimersByTimeAsync(600_000)
  expect(busy.asked).toEqual([3, 3, 3])
  expect(hopeless.asked).toHaveLength(5)
  expect(troubles[0]).toBe('relay busy does not mirror the list of statement 0.3: busy')
})

test('a list that nobody needs any more is not told to a relay that comes back', async () => {
  const { lists } = open()
  lists.add(statement(1), 1_500)
  lists.add(statement(2), 2_500)
  now = 2_000
  const late = relay(0)
  void lists.run(late, 'late', end.signal)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(late.asked).toEqual([2])
})

test('a session that has ended is asked nothing more', async () => {
  const { lists } = open()
  const gone = relay(0)
  const session = new AbortController()
  const running = lists.run(gone, 'gone', session.signal)
  session.abort()
  await running
  lists.add(statement(1), 2_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(gone.asked).toEqual([])
})
