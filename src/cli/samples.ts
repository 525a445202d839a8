import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SampleName } from '../kernels/sample.ts'
import { sampleJob } from '../kernels/sample.ts'
import type { Hex } from '../protocol/bytes.ts'
import { Failure } from '../protocol/failure.ts'
import { parseManifest } from '../protocol/manifest/manifest.ts'
import type { PublisherEngine } from '../publisher/publisher.ts'
import type { PublishedJob, PublisherState } from '../publisher/state.ts'

/** The price of one replica of a sample job: about a tenth of a US cent, if the test coins were ether. */
export const SAMPLE_PRICE_WEI = '300000000000'

const SAMPLES: readonly SampleName[] = ['bunny', 'fractal']
/** Ended sample jobs whose data is kept. */
const KEEP = 3

/** Where the row of samples stands: how many of each were published. */
type Row = Record<string, number>

/**
 * Keeps one job of each sample open until the signal aborts: when one is decided, the next view follows at once. What an
 * earlier run left unfinished goes on first.
 */
export async function publishSamples(
  publisher: PublisherEngine,
  { folder, report }: { readonly folder: string; report(line: string): void },
  signal: AbortSignal,
): Promise<void> {
  const row = await readRow(folder)
  await Promise.all(
    SAMPLES.map(async (name) => {
      while (!signal.aborted) {
        const open = await findOpen(publisher, name)
        if (open === undefined) {
          const index = row[name] ?? 0
          row[name] = index + 1
          await writeFile(rowFile(folder), JSON.stringify(row))
          await publisher.publish(sampleJob(name, index, { priceWei: SAMPLE_PRICE_WEI }))
          report(`Published sample job ${name}, number ${index + 1}`)
        }
        await untilDecided(publisher, name, signal)
        if (!signal.aborted) await forgetOld(publisher, name)
      }
    }),
  )
}

function titleOf(name: SampleName): string {
  return parseManifest(sampleJob(name, 0, { priceWei: SAMPLE_PRICE_WEI }).manifest).app.name
}

function jobsOf(state: PublisherState, name: SampleName): PublishedJob[] {
  const title = titleOf(name)
  return state.jobs.filter((job) => job.name === title)
}

function isOpen(job: PublishedJob): boolean {
  return (job.phase === 'opening' || job.phase === 'running') && !job.isCancelled
}

async function findOpen(publisher: PublisherEngine, name: SampleName): Promise<Hex | undefined> {
  return jobsOf(publisher.show(), name).find(isOpen)?.jobId
}

/** Resolves when no job of this sample is open any more. */
function untilDecided(publisher: PublisherEngine, name: SampleName, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = publisher.subscribe((state) => {
      if (!signal.aborted && jobsOf(state, name).some(isOpen)) return
      queueMicrotask(() => end())
      resolve()
    })
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** An endless row must not fill the disk. */
async function forgetOld(publisher: PublisherEngine, name: SampleName): Promise<void> {
  const ended = jobsOf(publisher.show(), name).filter((job) => job.phase === 'closed')
  for (const job of ended.slice(KEEP)) await publisher.forget(job.jobId)
}

async function readRow(folder: string): Promise<Row> {
  try {
    const found: unknown = JSON.parse(await readFile(rowFile(folder), 'utf8'))
    const entries = typeof found === 'object' && found !== null ? Object.entries(found) : []
    return Object.fromEntries(
      entries.filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])),
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return {}
    throw new Failure('storage', `${rowFile(folder)} could not be read`, { cause: error })
  }
}

function rowFile(folder: string): string {
  return join(folder, 'samples.json')
}
