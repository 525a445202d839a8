import { readAddress, ZERO_ADDRESS } from '../protocol/address.ts'
import type { Hex } from '../protocol/bytes.ts'
import { fromHex, toHex } from '../protocol/bytes.ts'
import { malformed } from '../protocol/failure.ts'
import { readBytes, readInteger, readList, readRecord, readText, readWord } from '../protocol/read.ts'
import { readWei } from '../protocol/wei.ts'
import { UNIT_FAILURES } from '../protocol/work/message.ts'
import { readUnits } from '../protocol/work/result.ts'
import { packRecord, parseRecord } from '../store/record.ts'
import type { Store } from '../store/store.ts'
import type { WorkEvent } from './job/job-work.ts'
import type { HistoryEntry } from './state.ts'

const KINDS = ['delivered', 'accepted', 'rejected', 'failed'] as const
/** How much of the past is shown. */
const MAX_ENTRIES = 1_000
const MAX_WHY = 500
const FIELDS = ['at', 'kind', 'code', 'jobId', 'jobName', 'units', 'prices', 'token', 'why']

/** So many events fill one journal. The two newest journals are kept: a tab that works for months must not fill the disk. */
const MAX_EVENTS = 2_000
const PREFIX = 'history/'
/** So many jobs are counted on from one journal to the next. */
const MAX_JOBS = 500

/** What the accepted results of each job are worth. */
type Counts = Map<Hex, bigint>

/** What a visitor's tab did, as long as it is worth showing. */
export class History {
  readonly #store: Store
  #newest: Promise<{ number: number; events: number; counts: Counts }> | undefined

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
    const journal = this.#store.journal(nameOf(newest.number))
    if (isFull) await journal.append(packCounts(newest.counts))
    count(newest.counts, event.work.said.jobId, event)
    await journal.append(packEvent(event, at))
    if (isFull) await this.#store.drop(nameOf(newest.number - 2))
  }

  /** Reads the newest entries, the newest first. Throws `storage` or `malformed`. */
  async read(): Promise<HistoryEntry[]> {
    const entries: HistoryEntry[] = []
    const counts: Counts = new Map()
    for (const name of await this.#store.journals(PREFIX)) {
      for await (const bytes of this.#store.journal(name).read()) {
        entries.push(...readInto(counts, bytes))
        if (entries.length > 2 * MAX_ENTRIES) entries.splice(0, entries.length - MAX_ENTRIES)
      }
    }
    return entries.slice(-MAX_ENTRIES).reverse()
  }

  async #find(): Promise<{ number: number; events: number; counts: Counts }> {
    const counts: Counts = new Map()
    let [number, events] = [1, 0]
    for (const name of await this.#store.journals(PREFIX)) {
      number = Number(name.slice(PREFIX.length))
      events = 0
      for await (const bytes of this.#store.journal(name).read())
        events += readInto(counts, bytes).length > 0 ? 1 : 0
    }
    return { number, events, counts }
  }
}

/** Numbers have one width, so that the names of journals sort as their numbers do. */
function nameOf(number: number): string {
  return `${PREFIX}${String(number).padStart(10, '0')}`
}

function packEvent(event: WorkEvent, at: number): Uint8Array {
  const { kind, work, units, worths, why } = event
  const { jobId, name, opening } = work.said
  const isOne = new Set(worths).size === 1
  return packRecord('units', {
    at,
    kind,
    ...(event.kind === 'failed' ? { code: event.code } : {}),
    jobId: fromHex(jobId),
    jobName: name,
    units: [...units],
    prices: (isOne ? worths.slice(0, 1) : worths).map(String),
    ...(opening.token === ZERO_ADDRESS ? {} : { token: opening.token }),
    why: why.slice(0, MAX_WHY),
  })
}

/** What was earned before the journal began: results are placed on from there. */
function packCounts(counts: Counts): Uint8Array {
  const newest = [...counts].slice(-MAX_JOBS)
  return packRecord('earned', {
    jobs: newest.map(([jobId, earned]) => ({ jobId: fromHex(jobId), earned: earned.toString() })),
  })
}

/** Reads a record: sums are noted, the entries of an event come back with their places. */
function readInto(counts: Counts, bytes: Uint8Array): HistoryEntry[] {
  const { kind, body } = parseRecord(bytes)
  if (kind === 'units') return parseEvent(body, counts)
  if (kind !== 'earned') return []
  const { jobs } = readRecord(body, kind, ['jobs'])
  for (const entry of readList(jobs, 'earned.jobs', { max: MAX_JOBS, read: readCount })) {
    counts.set(entry.jobId, entry.earned)
  }
  return []
}

function readCount(value: unknown, path: string): { jobId: Hex; earned: bigint } {
  const record = readRecord(value, path, ['jobId', 'earned'])
  return {
    jobId: toHex(readBytes(record.jobId, `${path}.jobId`, 32)),
    earned: readWei(record.earned, `${path}.earned`),
  }
}

/** Adds up what the accepted results of an event are worth, and returns what those before them were. */
function count(
  counts: Counts,
  jobId: Hex,
  { kind, worths }: { readonly kind: string; readonly worths: readonly bigint[] },
): bigint {
  const before = counts.get(jobId) ?? 0n
  const more = kind === 'accepted' ? worths.reduce((sum, worth) => sum + worth, 0n) : 0n
  counts.delete(jobId) // the newest jobs come last
  counts.set(jobId, before + more)
  return before
}

function parseEvent(body: unknown, counts: Counts): HistoryEntry[] {
  const record = readRecord(body, 'history', FIELDS)
  const jobId: Hex = toHex(readBytes(record.jobId, 'history.jobId', 32))
  const shared = {
    at: readInteger(record.at, 'history.at', [0, Number.MAX_SAFE_INTEGER]),
    kind: readWord(record.kind, 'history.kind', { words: KINDS }),
    code:
      record.code === undefined ? undefined : readWord(record.code, 'history.code', { words: UNIT_FAILURES }),
    jobName: readText(record.jobName, 'history.jobName', 60),
    token: record.token === undefined ? ZERO_ADDRESS : readAddress(record.token, 'history.token'),
    why: readText(record.why, 'history.why', MAX_WHY),
  }
  const units = readUnits(record.units, 'history.units')
  const prices = readList(record.prices, 'history.prices', { max: units.length, read: readWei })
  const [first] = prices
  if (first === undefined || (prices.length > 1 && prices.length < units.length))
    throw malformed('history.prices', 'one price, or one for each unit', prices)
  const worths = units.map((_, index) => prices[index] ?? first)
  let before = count(counts, jobId, { kind: shared.kind, worths })
  return units.map((unit, index) => {
    const price = worths[index] ?? first
    const entry = { ...shared, jobId, unit, price, before: shared.kind === 'accepted' ? before : undefined }
    before += price
    return entry
  })
}
