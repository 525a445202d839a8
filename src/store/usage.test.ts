import { expect, test } from 'vitest'
import { Usage } from './usage.ts'

test('the least recently used go until the rest fits', () => {
  const usage = new Usage(100)
  for (const name of ['a', 'b', 'c']) expect(usage.add(name, 30, false).surplus).toEqual([])
  usage.touch('a')
  expect(usage.add('d', 60, false).surplus).toEqual(['b', 'c'])
  expect(usage.add('e', 10, false).surplus).toEqual([])
  expect(usage.add('f', 1, false).surplus).toEqual(['a'])
})

test('pinned bytes neither count nor go, and a pin stays', () => {
  const usage = new Usage(100)
  usage.add('own', 90, true)
  expect(usage.add('own', 90, false).use.isPinned).toBe(true)
  expect(usage.add('a', 100, false).surplus).toEqual([])
  expect(usage.add('b', 100, false).surplus).toEqual(['a'])
  expect(usage.add('b', 100, true).surplus).toEqual([])
  expect(usage.add('c', 100, false).surplus).toEqual([])
})

test('a blob put twice counts once', () => {
  const usage = new Usage(100)
  usage.add('a', 60, false)
  usage.add('a', 60, false)
  expect(usage.add('b', 40, false).surplus).toEqual([])
})

test('the newest stays even when it is over the cap alone', () => {
  const usage = new Usage(100)
  usage.add('a', 50, false)
  expect(usage.add('big', 500, false).surplus).toEqual(['a'])
  expect(usage.add('b', 1, false).surplus).toEqual(['big'])
})

test('a restart takes up the kept order', () => {
  const before = new Usage(100)
  const kept = ['a', 'b', 'c'].map((name) => [name, before.add(name, 30, false).use] as const)
  const after = new Usage(100, kept.toReversed())
  const { use, surplus } = after.add('d', 30, false)
  expect(surplus).toEqual(['a'])
  expect(use.order).toBeGreaterThan(3)
})
