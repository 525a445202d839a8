import type { Hex } from '../protocol/bytes.ts'
import { fromHex, toHex } from '../protocol/bytes.ts'
import { readBytes, readInteger, readRecord, readText, readWord } from '../protocol/read.ts'
import { readWei } from '../protocol/wei.ts'
import { readUnits } from '../protocol/work/result.ts'
import { packRecord, parseRecord } from '../store/record.ts'
import type { Journal } from '../store/store.ts'
import type { WorkEvent } from './job/job-work.ts'
import type { HistoryEntry } from './state.ts'

const KINDS = ['delivered', 'accepted', 'rejected', 'failed'] as const
/** How much of the past is shown. */
const MAX_ENTRIES = 1_000

/** The name of the journal that holds a visitor's history. */
export const HISTORY = 'history'

/** Writes one event into the history. */
export function packEvent({ kind, work, units, why }: WorkEvent, at: number): Uint8Array {
  const { jobId, name, price } = work.said
  return packRecord('units', {
    at,
    kind,
    jobId: fromHex(jobId),
    jobName: name,
    units: [...units],
    price: price.toString(),
    why,
  })
}

/** Reads the newest entries of the history, the newest first. */
export async function readHistory(journal: Journal): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = []
  for await (const bytes of journal.read()) {
    entries.push(...parseEvent(parseRecord(bytes).body))
    if (entries.length > 2 * MAX_ENTRIES) entries.splice(0, entries.length - MAX_ENTRIES)
  }
  return entries.slice(-MAX_ENTRIES).reverse()
}

function parseEvent(body: unknown): HistoryEntry[] {
  const record = readRecord(body, 'history', ['at', 'kind', 'jobId', 'jobName', 'units', 'price', 'why'])
  const jobId: Hex = toHex(readBytes(record.jobId, 'history.jobId', 32))
  const shared = {
    at: readInteger(record.at, 'history.at', [0, Number.MAX_SAFE_INTEGER]),
    kind: readWord(record.kind, 'history.kind', { words: KINDS }),
    jobName: readText(record.jobName, 'history.jobName', 60),
    price: readWei(record.price, 'history.price'),
    why: readText(record.why, 'history.why', 500),
  }
  return readUnits(record.units, 'history.units').map((unit) => ({ ...shared, jobId, unit }))
}
