import { digestOf } from '../protocol/digest.ts'
import type { Journal, Store } from './store.ts'

/** What every store promises, as cases that run in Node and in a browser: each throws when its promise is broken. */
export type StoreCase = { readonly name: string; run(store: Store): Promise<void> }

/** Stores under test must be opened with this many bytes for blobs that are not pinned. */
export const CONTRACT_CACHE_BYTES = 1000

/** The cases; each wants a store that is empty. */
export const storeContract: readonly StoreCase[] = [
  { name: 'records come back in the order in which they were appended', run: keepsOrder },
  { name: 'a record may be changed after its append without changing what is kept', run: copies },
  { name: 'an empty journal reads as nothing', run: readsNothing },
  { name: 'reading goes on with what is appended meanwhile', run: readsOn },
  { name: 'journals are listed by prefix and kept apart', run: listsJournals },
  { name: 'a dropped journal is gone and may begin again', run: drops },
  { name: 'values come back as canonical CBOR says them', run: keepsValues },
  { name: 'a value that CBOR cannot say is refused and changes nothing', run: refusesValues },
  { name: 'blobs come back whole', run: keepsBlobs },
  { name: 'the least recently used blob goes first', run: evicts },
  { name: 'a pinned blob never goes', run: pins },
]

async function keepsOrder(store: Store): Promise<void> {
  const journal = store.journal('order')
  const records = Array.from({ length: 300 }, (_, i) => bytes(i, i >> 8))
  await Promise.all(records.map((record, i) => journal.append(record, { strict: i % 100 === 0 })))
  await journal.append(bytes(7))
  same(await all(store.journal('order')), [...records, bytes(7)])
}

async function copies(store: Store): Promise<void> {
  const journal = store.journal('copies')
  const whole = new Uint8Array(1000).fill(1)
  const record = whole.subarray(10, 13)
  const appended = journal.append(record)
  record.fill(9)
  await appended
  same(await all(journal), [bytes(1, 1, 1)])
}

async function readsNothing(store: Store): Promise<void> {
  same(await all(store.journal('nothing')), [])
  same(await store.journals(''), [])
}

async function readsOn(store: Store): Promise<void> {
  const journal = store.journal('on')
  for (let i = 0; i < 64; i += 1) void journal.append(bytes(i))
  await journal.append(bytes(64))
  let count = 0
  for await (const [first] of journal.read()) {
    same(first, count)
    if (count === 0) await journal.append(bytes(65))
    count += 1
  }
  same(count, 66)
}

async function listsJournals(store: Store): Promise<void> {
  for (const name of ['job/2', 'job/10', 'job', 'jobs/1', 'history'])
    await store.journal(name).append(bytes(name.length))
  await store.journal('job/2').append(bytes(2))
  same(await store.journals('job/'), ['job/10', 'job/2'])
  same(await store.journals(''), ['history', 'job', 'job/10', 'job/2', 'jobs/1'])
  same(await all(store.journal('job')), [bytes(3)])
}

async function drops(store: Store): Promise<void> {
  for (const name of ['a', 'ab', 'b']) await store.journal(name).append(bytes(1))
  await store.drop('a')
  await store.drop('never was')
  same(await all(store.journal('a')), [])
  same(await store.journals(''), ['ab', 'b'])
  await store.journal('a').append(bytes(2))
  same(await all(store.journal('a')), [bytes(2)])
}

async function keepsValues({ values }: Store): Promise<void> {
  same(await values.get('settings'), undefined)
  const settings = { duty: 0.5, list: [1, 'two', null, true], big: 2n ** 63n, bytes: bytes(1, 2) }
  await values.set('settings', settings)
  settings.list.push('later')
  same(await values.get('settings'), { ...settings, list: [1, 'two', null, true] })
  await values.set('settings', false)
  same(await values.get('settings'), false)
  await values.delete('settings')
  same(await values.get('settings'), undefined)
}

async function refusesValues({ values }: Store): Promise<void> {
  await values.set('kept', 1)
  const refused = await values.set('kept', { missing: undefined }).then(
    () => 'taken',
    (error: unknown) => (error instanceof Error ? error.name : 'no error'),
  )
  same(refused, 'Failure')
  same(await values.get('kept'), 1)
}

async function keepsBlobs({ blobs }: Store): Promise<void> {
  const whole = new Uint8Array(900).map((_, i) => i)
  const digest = digestOf(whole.subarray(100, 400))
  same(await blobs.has(digest), false)
  same(await blobs.get(digest), undefined)
  await blobs.put(digest, whole.subarray(100, 400))
  same(await blobs.has(digest), true)
  same(await blobs.get(digest), whole.slice(100, 400))
}

async function evicts({ blobs }: Store): Promise<void> {
  const [a, b, c, d] = [blob(1), blob(2), blob(3), blob(4)]
  for (const { digest, content } of [a, b, c]) await blobs.put(digest, content)
  await blobs.get(a.digest)
  await blobs.put(d.digest, d.content)
  const kept = await Promise.all([a, b, c, d].map(({ digest }) => blobs.has(digest)))
  same(kept, [true, false, true, true])
  same(await blobs.get(b.digest), undefined)
}

async function pins({ blobs }: Store): Promise<void> {
  const [own, ...others] = [1, 2, 3, 4, 5].map(blob)
  if (own === undefined) throw new Error('no blob')
  await blobs.put(own.digest, own.content, { pin: true })
  await blobs.put(own.digest, own.content)
  for (const { digest, content } of others) await blobs.put(digest, content)
  same(await blobs.get(own.digest), own.content)
  same(await Promise.all(others.map(({ digest }) => blobs.has(digest))), [false, true, true, true])
}

function blob(seed: number): { digest: ReturnType<typeof digestOf>; content: Uint8Array } {
  const content = new Uint8Array(300).fill(seed)
  return { digest: digestOf(content), content }
}

async function all(journal: Journal): Promise<Uint8Array[]> {
  const records: Uint8Array[] = []
  for await (const record of journal.read()) records.push(record)
  return records
}

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values)
}

function same(found: unknown, expected: unknown): void {
  const [a, b] = [show(found), show(expected)]
  if (a !== b) throw new Error(`expected ${b.slice(0, 300)}, found ${a.slice(0, 300)}`)
}

/** Equal text for equal values, whatever the order of keys. */
function show(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes(${value.join()})`
  if (Array.isArray(value)) return `[${value.map(show).join()}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([key, entry]) => `${key}:${show(entry)}`)
    return `{${fields.sort().join()}}`
  }
  return `${typeof value} ${String(value)}`
}
