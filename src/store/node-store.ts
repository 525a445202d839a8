import { mkdir } from 'node:fs/promises'
import type { Database, RootDatabase } from 'lmdb'
import { open } from 'lmdb'
import { decodeCbor, encodeCbor } from '../protocol/cbor.ts'
import { Failure, reason } from '../protocol/failure.ts'
import type { Claim } from './folder-claim.ts'
import { claimFolder } from './folder-claim.ts'
import type { GroupCommit } from './group-commit.ts'
import { groupCommits } from './group-commit.ts'
import type { Blobs, Journal, Store, Values } from './store.ts'
import { CACHE_BYTES } from './store.ts'
import type { Use } from './usage.ts'
import { Usage } from './usage.ts'

type Tables = {
  readonly root: RootDatabase
  /** By journal name and place. */
  readonly records: Database<Uint8Array, [string, number]>
  readonly blobs: Database<Uint8Array, string>
  readonly uses: Database<Use, string>
  readonly values: Database<Uint8Array, string>
  /** Throws once the store is closed. */
  check(): void
}
type Append = { readonly name: string; readonly record: Uint8Array }

const READ_AT_ONCE = 64

/**
 * Opens the store in a folder of this machine until `signal` aborts; every write is flushed to disk before it resolves.
 * Throws `storage`, also when another process has the folder open.
 */
export async function openNodeStore(
  folder: string,
  signal: AbortSignal,
  cacheBytes = CACHE_BYTES,
): Promise<Store> {
  signal.throwIfAborted()
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => fail(folder, cause))
  const claim = await claimFolder(folder)
  const tables = openTables(folder, signal, claim)
  const usage = new Usage(cacheBytes, usesOf(tables))
  const places = new Map<string, number>()
  const appends = groupCommits<Append>((batch) => commit(tables, places, batch))
  const close = async (): Promise<void> => {
    await appends.idle()
    await tables.root.close()
    claim.release()
  }
  if (signal.aborted) void close()
  signal.addEventListener('abort', () => void close(), { once: true })
  return {
    journal: (name) => journalOf(tables, name, appends),
    journals: async (prefix) => names(tables, prefix),
    async drop(name) {
      await appends.idle()
      places.delete(name)
      await drop(tables, name)
    },
    blobs: blobsOf(tables, usage),
    values: valuesOf(tables),
  }
}

function openTables(folder: string, signal: AbortSignal, claim: Claim): Tables {
  try {
    // Without overlapping sync a commit is on disk when its promise resolves.
    const root = open({ path: folder, noSubdir: false, overlappingSync: false, maxDbs: 8 })
    const binary = { encoding: 'binary' } as const
    return {
      root,
      records: root.openDB<Uint8Array, [string, number]>({ name: 'records', ...binary }),
      blobs: root.openDB<Uint8Array, string>({ name: 'blobs', ...binary }),
      uses: root.openDB<Use, string>({ name: 'uses' }),
      values: root.openDB<Uint8Array, string>({ name: 'values', ...binary }),
      check() {
        if (signal.aborted) throw new Failure('storage', `Store ${folder}: it is closed`)
      },
    }
  } catch (cause) {
    claim.release()
    return fail(folder, cause)
  }
}

function usesOf({ uses }: Tables): (readonly [string, Use])[] {
  return [...uses.getRange()].map(({ key, value }) => [key, value] as const)
}

/** All writes of one turn are one transaction. */
async function commit(
  { records }: Tables,
  places: Map<string, number>,
  batch: readonly Append[],
): Promise<void> {
  const writes = batch.map(({ name, record }) => {
    const place = places.get(name) ?? firstFree(records, name)
    places.set(name, place + 1)
    return records.put([name, place], record)
  })
  await Promise.all(writes).catch((cause: unknown) => fail('journal', cause))
}

function firstFree(records: Tables['records'], name: string): number {
  const { start, end } = rangeOf(name)
  const [last] = records.getKeys({ start: end, end: start, reverse: true, inclusiveEnd: true, limit: 1 })
  return last === undefined ? 0 : last[1] + 1
}

function journalOf(tables: Tables, name: string, appends: GroupCommit<Append>): Journal {
  return {
    async append(record) {
      tables.check()
      await appends.add({ name, record: record.slice() })
    },
    async *read() {
      for (let place = 0; ; place += READ_AT_ONCE) {
        tables.check()
        const range = { start: [name, place], end: [name, place + READ_AT_ONCE] }
        const records = [...tables.records.getRange(range)].map(({ value }) => new Uint8Array(value))
        yield* records
        if (records.length < READ_AT_ONCE) return
      }
    },
  }
}

function names({ records, check }: Tables, prefix: string): string[] {
  check()
  const found: string[] = []
  let [key] = records.getKeys({ start: [prefix], limit: 1 })
  while (key?.[0].startsWith(prefix)) {
    found.push(key[0])
    ;[key] = records.getKeys({ start: [key[0], Number.MAX_SAFE_INTEGER], limit: 1 })
  }
  return found.sort()
}

async function drop({ records, check }: Tables, name: string): Promise<void> {
  check()
  const removals = [...records.getKeys(rangeOf(name))].map((key) => records.remove(key))
  await Promise.all(removals).catch((cause: unknown) => fail(`journal ${name}`, cause))
}

function blobsOf({ blobs, uses, check }: Tables, usage: Usage): Blobs {
  return {
    async get(digest) {
      check()
      usage.touch(digest)
      const bytes = blobs.get(digest)
      return bytes === undefined ? undefined : new Uint8Array(bytes)
    },
    async put(digest, bytes, { pin = false } = {}) {
      check()
      const { use, surplus } = usage.add(digest, bytes.length, pin)
      const writes = [blobs.put(digest, bytes), uses.put(digest, use)]
      const deletions = surplus.flatMap((gone) => [blobs.remove(gone), uses.remove(gone)])
      await Promise.all([...writes, ...deletions]).catch((cause: unknown) => fail(`blob ${digest}`, cause))
    },
    async has(digest) {
      check()
      return blobs.doesExist(digest)
    },
  }
}

function valuesOf({ values, check }: Tables): Values {
  return {
    async get(key) {
      check()
      const bytes = values.get(key)
      return bytes === undefined ? undefined : decodeCbor(bytes, key)
    },
    async set(key, value) {
      check()
      await values.put(key, encodeCbor(value)).catch((cause: unknown) => fail(`value ${key}`, cause))
    },
    async delete(key) {
      check()
      await values.remove(key).catch((cause: unknown) => fail(`value ${key}`, cause))
    },
  }
}

/** All places of one journal. */
function rangeOf(name: string): { start: [string, number]; end: [string, number] } {
  return { start: [name, 0], end: [name, Number.MAX_SAFE_INTEGER] }
}

function fail(what: string, cause: unknown): never {
  throw new Failure('storage', `Store, ${what}: ${reason(cause)}`, { cause })
}
