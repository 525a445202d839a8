import type { Hex } from '../protocol/bytes.ts'
import { fromHex, toHex } from '../protocol/bytes.ts'
import { readBytes, readInteger, readRecord, readText, readWord } from '../protocol/read.ts'
import { readWei } from '../protocol/wei.ts'
import { readUnits } from '../protocol/work/result.ts'
import { packRecord, parseRecord } from '../store/record.ts'
import type { Store } from '../store/store.ts'
import type { WorkEvent } from './job/job-work.ts'
import type { HistoryEntry } from './state.ts'

const KINDS = ['delivered', 'accepted', 'rejected', 'failed'] as const
/** How much of the past is shown. */
const MAX_ENTRIES = 1_000
const MAX_WHY = 500

/** So many events fill one journal. The two newest journals are kept: a tab that works for months must not fill the disk. */
const MAX_EVENTS = 2_000
const PREFIX = 'history/'

/** What a visitor's tab did, as long as it is worth showing. */
export class History {
  readonly #store: Store
  #newest: Promise<{ number: number; events: number }> | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /** Keeps one event. Throws `storage`. */
  async append(event: WorkEvent, at: number): Promise<void> {
    this.#newest ??= this.#find()
    const newest = await this.#newest
    const isFull = newest.events >= MAX_EVENTS
    if (isFull) {
      newest.number += 1
      newest.events = 0
    }
    newest.events += 1
    await this.#store.journal(nameOf(newest.number)).append(packEvent(event, at))
    if (isFull) await this.#store.drop(nameOf(newest.number - 2))
  }

  /** Reads the newest entries, the newest first. Throws `storage` or `malformed`. */
  async read(): Promise<HistoryEntry[]> {
    const entries: HistoryEntry[] = []
    for (const name of await this.#store.journals(PREFIX)) {
      for await (const bytes of this.#store.journal(name).read()) {
        entries.push(...parseEvent(parseRecord(bytes).body))
        if (entries.length > 2 * MAX_ENTRIES) entries.splice(0, entries.length - MAX_ENTRIES)
      }
    }
    return entries.slice(-MAX_ENTRIES).reverse()
  }

  async #find(): Promise<{ number: number; events: number }> {
    const name = (await this.#store.journals(PREFIX)).at(-1)
    if (name === undefined) return { number: 1, events: 0 }
    let events = 0
    for await (const _ of this.#store.journal(name).read()) events += 1
    return { number: Number(name.slice(PREFIX.length)), events }
  }
}

/** Numbers have one width, so that the names of journals sort as their numbers do. */
function nameOf(number: number): string {
  return `${PREFIX}${String(number).padStart(10, '0')}`
}

function packEvent({ kind, work, units, why }: WorkEvent, at: number): Uint8Array {
  const { jobId, name, price } = work.said
  return packRecord('units', {
    at,
    kind,
    jobId: fromHex(jobId),
    jobName: name,
    units: [...units],
    price: price.toString(),
    why: why.slice(0, MAX_WHY),
  })
}

function parseEvent(body: unknown): HistoryEntry[] {
  const record = readRecord(body, 'history', ['at', 'kind', 'jobId', 'jobName', 'units', 'price', 'why'])
  const jobId: Hex = toHex(readBytes(record.jobId, 'history.jobId', 32))
  const shared = {
    at: readInteger(record.at, 'history.at', [0, Number.MAX_SAFE_INTEGER]),
    kind: readWord(record.kind, 'history.kind', { words: KINDS }),
    jobName: readText(record.jobName, 'history.jobName', 60),
    price: readWei(record.price, 'history.price'),
    why: readText(record.why, 'history.why', MAX_WHY),
  }
  return readUnits(record.units, 'history.units').map((unit) => ({ ...shared, jobId, unit }))
}
