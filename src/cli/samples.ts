import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SampleName } from '../kernels/sample.ts'
import { sampleJob } from '../kernels/sample.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure, reason } from '../protocol/failure.ts'
import { readInteger, readList, readRecord, readText } from '../protocol/read.ts'
import type { PublisherEngine } from '../publisher/publisher.ts'
import type { PublishedJob, PublisherState } from '../publisher/state.ts'

/** The price of one replica of a sample job: about a tenth of a US cent, if the test coins were ether. */
export const SAMPLE_PRICE_WEI = '300000000000'

const SAMPLES: readonly SampleName[] = ['bunny', 'fractal']
const NAMES: readonly SampleName[] = ['bunny', 'fractal', 'square']
/** Ended sample jobs whose data is kept. */
const KEEP = 3
const RETRY_MS = 5_000

/** Where the row of one sample stands: the number of the next job, and the jobs that are not forgotten, oldest first. */
type Row = { next: number; jobIds: Hex[] }

/** What keeping samples open needs; a test gives its own samples. */
export type SamplesOptions = {
  readonly folder: string
  report(line: string): void
  readonly samples?: readonly SampleName[]
  readonly retryMs?: number
}

type Samples = Pick<PublisherEngine, 'publish' | 'show' | 'subscribe' | 'forget'>

/**
 * Keeps one job of each sample open until the signal aborts: when one is decided, the next view follows at once. What an
 * earlier run left unfinished goes on first. A job that cannot be published is tried again.
 */
export async function publishSamples(
  publisher: Samples,
  { folder, report, samples = SAMPLES, retryMs = RETRY_MS }: SamplesOptions,
  signal: AbortSignal,
): Promise<void> {
  const rows = await readRows(folder, samples)
  const keep = (): Promise<void> => writeFile(fileIn(folder), JSON.stringify(Object.fromEntries(rows)))
  await Promise.all(
    [...rows].map(async ([name, row]) => {
      while (!signal.aborted) {
        try {
          if (!hasOpen(publisher.show(), row)) await publishNext(publisher, { name, row, keep, report })
          await untilDecided(publisher, row, signal)
          if (!signal.aborted) await forgetOld(publisher, row)
        } catch (error) {
          if (!(error instanceof Failure)) throw error
          if (signal.aborted) return
          report(`Sample job ${name} could not be published, it is tried again: ${reason(error)}`)
          await sleep(retryMs, undefined, { signal }).catch(() => undefined) // the loop ends with the signal
        }
      }
    }),
  )
}

async function publishNext(
  publisher: Samples,
  {
    name,
    row,
    keep,
    report,
  }: { name: SampleName; row: Row; keep(): Promise<void>; report(line: string): void },
): Promise<void> {
  const number = row.next
  row.jobIds.push(await publisher.publish(sampleJob(name, number, { priceWei: SAMPLE_PRICE_WEI })))
  row.next += 1
  await keep()
  report(`Published sample job ${name}, number ${number + 1}`)
}

function jobsOf(state: PublisherState, row: Row): PublishedJob[] {
  return row.jobIds.flatMap((jobId) => state.jobs.find((job) => job.jobId === jobId) ?? [])
}

function hasOpen(state: PublisherState, row: Row): boolean {
  return jobsOf(state, row).some(
    ({ phase, isCancelled }) => (phase === 'opening' || phase === 'running') && !isCancelled,
  )
}

/** Resolves when no job of this row is open any more. */
function untilDecided(publisher: Samples, row: Row, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      queueMicrotask(() => end())
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const end = publisher.subscribe((state) => {
      if (!hasOpen(state, row)) stop()
    })
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
}

/** An endless row must not fill the disk. */
async function forgetOld(publisher: Samples, row: Row): Promise<void> {
  const over = jobsOf(publisher.show(), row).filter(({ phase }) => phase === 'closed' || phase === 'failed')
  for (const { jobId } of over.slice(0, Math.max(0, over.length - KEEP))) {
    await publisher.forget(jobId)
    row.jobIds.splice(row.jobIds.indexOf(jobId), 1)
  }
}

async function readRows(folder: string, samples: readonly SampleName[]): Promise<Map<SampleName, Row>> {
  const file = fileIn(folder)
  try {
    const known = readRecord(JSON.parse(await readFile(file, 'utf8')), 'samples', NAMES)
    return new Map(samples.map((name) => [name, readRow(known[name], name)]))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      return new Map(samples.map((name) => [name, readRow(undefined, name)]))
    const why = `${file} could not be read: ${reason(cause)}. Delete it to begin anew`
    throw new Failure('storage', why, { cause })
  }
}

function readRow(value: unknown, path: string): Row {
  if (value === undefined) return { next: 0, jobIds: [] }
  const { next, jobIds } = readRecord(value, path, ['next', 'jobIds'])
  return {
    next: readInteger(next, `${path}.next`, [0, 2 ** 31]),
    jobIds: readList(jobIds, `${path}.jobIds`, {
      max: 10_000,
      read: (entry, place) => readText(entry, place, 66) as Hex,
    }),
  }
}

function fileIn(folder: string): string {
  return join(folder, 'samples.json')
}
