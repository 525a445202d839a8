import type { DBSchema, IDBPDatabase } from 'idb'
import { openDB } from 'idb'
import { decodeCbor, encodeCbor } from '../protocol/cbor.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { GroupCommit } from './group-commit.ts'
import { groupCommits } from './group-commit.ts'
import { refusal } from './refusal.ts'
import type { Blobs, Journal, Store, Values } from './store.ts'
import { CACHE_BYTES } from './store.ts'
import type { Use } from './usage.ts'
import { Usage } from './usage.ts'

type Schema = DBSchema & {
  /** By journal name and place. */
  records: { key: [string, number]; value: Uint8Array }
  blobs: { key: string; value: Uint8Array }
  uses: { key: string; value: Use }
  values: { key: string; value: Uint8Array }
}
type Database = IDBPDatabase<Schema>
type Append = { readonly name: string; readonly record: Uint8Array; readonly strict: boolean }

const VERSION = 1
const READ_AT_ONCE = 64

/**
 * Opens the store of that name in this browser until `signal` aborts. Throws `storage` when the browser refuses, and
 * `unsupported` when a newer version of the page has used it.
 */
export async function openTabStore(
  name: string,
  signal: AbortSignal,
  cacheBytes = CACHE_BYTES,
): Promise<Store> {
  signal.throwIfAborted()
  const database = await open(name)
  const usage = new Usage(cacheBytes, await uses(database))
  const appends = groupCommits<Append>((batch) => commit(database, batch))
  const close = (): void => void appends.idle().then(() => database.close())
  if (signal.aborted) close()
  signal.addEventListener('abort', close, { once: true })
  return {
    journal: (journal) => journalOf(database, journal, appends),
    journals: (prefix) => refusal('the list of journals', () => names(database, prefix)),
    drop: (journal) => refusal(`journal ${journal}`, () => database.delete('records', rangeOf(journal))),
    blobs: blobsOf(database, usage),
    values: valuesOf(database),
  }
}

async function open(name: string): Promise<Database> {
  try {
    const database: Database = await openDB<Schema>(name, VERSION, {
      upgrade(fresh) {
        for (const store of ['records', 'blobs', 'uses', 'values'] as const) fresh.createObjectStore(store)
      },
      // A newer version of the page is loaded in another tab: give way, so that it does not hang.
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    })
    return database
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'VersionError') {
      throw new Failure(
        'unsupported',
        `Store ${name}: a newer version of this page wrote it. Reload the page`,
        {
          cause,
        },
      )
    }
    throw new Failure('storage', `Store ${name}: the browser refuses to open it (${reason(cause)})`, {
      cause,
    })
  }
}

async function uses(database: Database): Promise<(readonly [string, Use])[]> {
  const transaction = database.transaction('uses')
  const [keys, entries] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()])
  return entries.map((use, index) => [keys[index] ?? '', use] as const)
}

/** Writes a batch in one transaction. Places are read inside it, so that two tabs can never overwrite each other. */
async function commit(database: Database, batch: readonly Append[]): Promise<void> {
  await refusal('the journal', async () => {
    const durability = batch.some(({ strict }) => strict) ? 'strict' : 'relaxed'
    const transaction = database.transaction('records', 'readwrite', { durability })
    const write = async (): Promise<void> => {
      const next = new Map<string, number>()
      for (const { name, record } of batch) {
        const place = next.get(name) ?? (await firstFree(transaction.store, name))
        next.set(name, place + 1)
        void transaction.store.add(record, [name, place]).catch(() => undefined) // `done` carries the error
      }
    }
    await Promise.all([write(), transaction.done])
  })
}

async function firstFree(
  records: {
    openKeyCursor(range: IDBKeyRange, direction: 'prev'): Promise<{ key: [string, number] } | null>
  },
  name: string,
): Promise<number> {
  const last = await records.openKeyCursor(rangeOf(name), 'prev')
  return last === null ? 0 : last.key[1] + 1
}

function journalOf(database: Database, name: string, appends: GroupCommit<Append>): Journal {
  return {
    append: (record, { strict = false } = {}) => appends.add({ name, record: record.slice(), strict }),
    async *read() {
      for (let place = 0; ; place += READ_AT_ONCE) {
        const range = IDBKeyRange.bound([name, place], [name, place + READ_AT_ONCE], false, true)
        const records = await refusal(`journal ${name}`, () => database.getAll('records', range))
        yield* records
        if (records.length < READ_AT_ONCE) return
      }
    },
  }
}

function blobsOf(database: Database, usage: Usage): Blobs {
  return {
    get(digest) {
      usage.touch(digest)
      return refusal(`blob ${digest}`, () => database.get('blobs', digest))
    },
    put: (digest, bytes, { pin = false } = {}) =>
      refusal(`blob ${digest}`, async () => {
        const { use, surplus } = usage.add(digest, bytes.length, pin)
        const transaction = database.transaction(['blobs', 'uses'], 'readwrite', { durability: 'relaxed' })
        const [blobs, notes] = [transaction.objectStore('blobs'), transaction.objectStore('uses')]
        const writes = [blobs.put(tight(bytes), digest), notes.put(use, digest)]
        const deletions = surplus.flatMap((gone) => [blobs.delete(gone), notes.delete(gone)])
        await Promise.all([...writes, ...deletions, transaction.done])
      }),
    has: (digest) =>
      refusal(`blob ${digest}`, async () => (await database.getKey('blobs', digest)) !== undefined),
  }
}

function valuesOf(database: Database): Values {
  return {
    get: (key) =>
      refusal(`value ${key}`, async () => {
        const bytes = await database.get('values', key)
        return bytes === undefined ? undefined : decodeCbor(bytes, key)
      }),
    async set(key, value) {
      const bytes = encodeCbor(value)
      await refusal(`value ${key}`, () => database.put('values', bytes, key))
    },
    delete: (key) => refusal(`value ${key}`, () => database.delete('values', key)),
  }
}

async function names(database: Database, prefix: string): Promise<string[]> {
  const found: string[] = []
  let cursor = await database.transaction('records').store.openKeyCursor(IDBKeyRange.lowerBound([prefix]))
  while (cursor?.key[0].startsWith(prefix)) {
    const [name] = cursor.key
    found.push(name)
    cursor = await cursor.continue([name, Number.POSITIVE_INFINITY])
  }
  return found.sort()
}

/** All places of one journal. */
function rangeOf(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name, 0], [name, Number.POSITIVE_INFINITY])
}

/** Bytes in a buffer of their own: IndexedDB would keep the whole buffer that a view looks into. */
function tight(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
}
