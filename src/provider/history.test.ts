import { expect, test } from 'vitest'
import { toWei } from '../protocol/wei.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { History } from './history.ts'
import type { WorkEvent } from './job/job-work.ts'
import { TestWork } from './job/test-work.ts'

const { work } = new TestWork()
function event(unit: number, kind: 'accepted' | 'failed' = 'accepted', why = ''): WorkEvent {
  const shared = { work, units: [unit], worths: [toWei(10n)], why }
  return kind === 'failed' ? { ...shared, kind, code: 'fuel' } : { ...shared, kind }
}

test('events come back newest first, over a restart too', async () => {
  const store = openMemoryStore()
  const history = new History(store)
  await Promise.all([1, 2].map((unit) => history.append(event(unit), unit)))
  await new History(store).append(event(3, 'failed', 'x'.repeat(900)), 3)
  const entries = await new History(store).read()
  expect(entries.map(({ unit, at, kind }) => [unit, at, kind])).toEqual([
    [3, 3, 'failed'],
    [2, 2, 'accepted'],
    [1, 1, 'accepted'],
  ])
  expect(entries[0]?.why).toHaveLength(500)
  expect(entries.map(({ code }) => code)).toEqual(['fuel', undefined, undefined])
  expect(entries[2]).toMatchObject({ jobId: work.said.jobId, jobName: 'Squares', price: 10n })
  expect(entries.map(({ before }) => before)).toEqual([undefined, 10n, 0n])
})

test('a long life fills two journals at most, and the newest thousand are shown', async () => {
  const store = openMemoryStore()
  const history = new History(store)
  for (let unit = 0; unit < 7_000; unit += 1) await history.append(event(unit), unit)
  expect(await store.journals('')).toEqual(['history/0000000003', 'history/0000000004'])
  const entries = await history.read()
  expect(entries).toHaveLength(1_000)
  expect([entries[0]?.unit, entries[999]?.unit]).toEqual([6_999, 6_000])
  expect([entries[0]?.before, entries[999]?.before]).toEqual([69_990n, 60_000n])
  await new History(store).append(event(7_000), 7_000)
  expect((await history.read())[0]).toMatchObject({ unit: 7_000, before: 70_000n })
})

test('results of one event may be worth different sums', async () => {
  const store = openMemoryStore()
  const worths = [10n, 25n, 5n].map((worth) => toWei(worth))
  const many: WorkEvent = { work, kind: 'accepted', units: [4, 5, 6], worths, why: '' }
  await new History(store).append(many, 1)
  await new History(store).append(event(7), 2)
  const entries = await new History(store).read()
  expect(entries.map(({ unit, price, before }) => [unit, price, before])).toEqual([
    [7, 10n, 40n],
    [6, 5n, 35n],
    [5, 25n, 10n],
    [4, 10n, 0n],
  ])
})
