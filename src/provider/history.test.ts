import { expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory-store.ts'
import { History } from './history.ts'
import type { WorkEvent } from './job/job-work.ts'
import { TestWork } from './job/test-work.ts'

const { work } = new TestWork()
const event = (unit: number, kind: 'accepted' | 'failed' = 'accepted', why = ''): WorkEvent => ({
  work,
  kind,
  units: [unit],
  why,
})

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
  expect(entries[2]).toMatchObject({ jobId: work.said.jobId, jobName: 'Squares', price: 10n })
  expect(entries.map(({ place }) => place)).toEqual([undefined, 1, 0])
})

test('a long life fills two journals at most, and the newest thousand are shown', async () => {
  const store = openMemoryStore()
  const history = new History(store)
  for (let unit = 0; unit < 7_000; unit += 1) await history.append(event(unit), unit)
  expect(await store.journals('')).toEqual(['history/0000000003', 'history/0000000004'])
  const entries = await history.read()
  expect(entries).toHaveLength(1_000)
  expect([entries[0]?.unit, entries[999]?.unit]).toEqual([6_999, 6_000])
  expect([entries[0]?.place, entries[999]?.place]).toEqual([6_999, 6_000])
  await new History(store).append(event(7_000), 7_000)
  expect((await history.read())[0]).toMatchObject({ unit: 7_000, place: 7_000 })
})
