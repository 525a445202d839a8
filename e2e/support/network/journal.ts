import { cp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Address } from '../../../src/protocol/address.ts'
import type { Digest, Hex } from '../../../src/protocol/bytes.ts'
import type { JobRecord } from '../../../src/publisher/job-record.ts'
import { jobJournal, readJobRecords } from '../../../src/publisher/job-record.ts'
import { openNodeStore } from '../../../src/store/node-store.ts'

/** What a publisher's journal of a job tells, counted here anew and apart from the publisher. */
export type Tally = {
  readonly records: number
  /** Results that were taken in, the publisher's own included. */
  readonly executions: number
  /** Units with an accepted output. */
  readonly decided: ReadonlySet<number>
  /** Accepted results of each payee. */
  readonly accepted: ReadonlyMap<Address, number>
}

/** Reads the journal of a job that a tab keeps; `page` is any page of the same origin in the same profile. */
export async function readTabJournal(page: Page, jobId: Hex): Promise<JobRecord[]> {
  const packed = await page.evaluate(async (name) => {
    const found = (await indexedDB.databases()).find((entry) => entry.name?.startsWith('weft-publisher-'))
    const ask = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const database = await ask(indexedDB.open(found?.name ?? 'none'))
    const range = IDBKeyRange.bound([name, 0], [name, Number.MAX_SAFE_INTEGER])
    const records = await ask(database.transaction('records').objectStore('records').getAll(range))
    database.close()
    return records.map((bytes: Uint8Array) => [...bytes])
  }, jobJournal(jobId))
  return readAll(packed.map((bytes) => Uint8Array.from(bytes)))
}

/** Reads the journal of a job from the data folder of a network that does not run. */
export async function readNodeJournal(folder: string, jobId: Hex): Promise<JobRecord[]> {
  const store = (await readdir(folder)).find((name) => name.startsWith('jobs-'))
  if (store === undefined) throw new Error(`${folder} holds no jobs`)
  const copy = join(tmpdir(), `weft-journal-${Date.now()}`)
  await cp(join(folder, store), copy, { recursive: true })
  const life = new AbortController()
  try {
    const { journal } = await openNodeStore(copy, life.signal)
    const packed: Uint8Array[] = []
    for await (const bytes of journal(jobJournal(jobId)).read()) packed.push(bytes)
    return await readAll(packed)
  } finally {
    life.abort()
    await rm(copy, { recursive: true, force: true })
  }
}

async function readAll(packed: readonly Uint8Array[]): Promise<JobRecord[]> {
  const read = async function* () {
    yield* packed
  }
  const records: JobRecord[] = []
  const append = () => Promise.reject(new Error('this journal is only read'))
  for await (const record of readJobRecords({ read, append })) records.push(record)
  return records
}

/** Counts what is in a journal. */
export function tally(records: readonly JobRecord[], quorum = 2): Tally {
  const votes = new Map<number, { digest: Digest; payee: Address; isOwn: boolean }[]>()
  let executions = 0
  for (const { unit, ...vote } of resultsOf(records)) {
    executions += 1
    votes.set(unit, [...(votes.get(unit) ?? []), vote])
  }
  const decided = new Set<number>()
  const accepted = new Map<Address, number>()
  for (const [unit, cast] of votes) {
    const output = cast.find(({ digest }) => cast.filter((vote) => vote.digest === digest).length >= quorum)
    if (output === undefined) continue
    decided.add(unit)
    for (const { payee, digest, isOwn } of cast) {
      if (digest === output.digest && !isOwn) accepted.set(payee, (accepted.get(payee) ?? 0) + 1)
    }
  }
  return { records: records.length, executions, decided, accepted }
}

/** The units of `after` whose results came although `before`, the beginning of the same journal, had decided them. */
export function recomputed(before: Tally, after: readonly JobRecord[]): number[] {
  return [...resultsOf(after.slice(before.records))]
    .map(({ unit }) => unit)
    .filter((unit) => before.decided.has(unit))
}

function* resultsOf(records: readonly JobRecord[]) {
  for (const record of records) {
    if (record.kind !== 'results') continue
    const { units, digests, payee } = record.results
    for (const [place, unit] of units.entries()) {
      const digest = digests[place]
      if (digest !== undefined) yield { unit, digest, payee, isOwn: record.isOwn }
    }
  }
}
