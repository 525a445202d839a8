import { expect, test } from 'vitest'
import { UnitMemory } from './unit-memory.ts'

const PAGE = 65_536

test('a memory that was used well is given out again, all zeros', () => {
  const memories = new UnitMemory({ initial: 2, maximum: 3 })
  const first = memories.take()
  new Uint8Array(first.buffer).fill(7)
  memories.giveBack(first, PAGE)
  expect(memories.take()).toBe(first)
  expect(new Uint8Array(first.buffer).every((byte) => byte === 0)).toBe(true)
  expect(memories.take()).not.toBe(first)
})

test('one that was hardly used, or has grown, is not', () => {
  const memories = new UnitMemory({ initial: 2, maximum: 3 })
  const [little, grown] = [memories.take(), memories.take()]
  memories.giveBack(little, PAGE - 1)
  expect(memories.take()).not.toBe(little)
  grown.grow(1)
  memories.giveBack(grown, 3 * PAGE)
  expect(memories.take().buffer.byteLength).toBe(2 * PAGE)
})

test('of several kernels only the one that ran last keeps its memory', () => {
  const [one, other] = [0, 1].map(() => new UnitMemory({ initial: 1, maximum: 1 }))
  const [first, second] = [one?.take(), other?.take()]
  if (first !== undefined) one?.giveBack(first, PAGE)
  if (second !== undefined) other?.giveBack(second, PAGE)
  expect(one?.take()).not.toBe(first)
  expect(other?.take()).toBe(second)
})
