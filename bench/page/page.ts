import { sampleJob } from '../../src/kernels/sample.ts'
import { squareWords } from '../../src/kernels/square/reference.ts'
import { digestOf } from '../../src/protocol/digest.ts'
import type { Network } from '../../src/protocol/network.ts'
import { parseNetwork } from '../../src/protocol/network.ts'
import { startTabProvider } from '../../src/provider/start-tab.ts'
import { startTabPublisher } from '../../src/publisher/start-tab.ts'
import type { PublishedJob, Publisher } from '../../src/publisher/state.ts'
import { answerBare, BarePublisher } from './bare-loop.ts'

/** What came of one job: when each unit was accepted, in milliseconds of the page's clock, and who did it how. */
export type Ran = { readonly times: number[]; readonly own: number; readonly paths: (string | undefined)[] }

const PRICE_WEI = '1000'
const WORDS = 16

/** What the driver calls in a page: either end of the network, and either end of the bare loop. */
const page = {
  bare: new BarePublisher(),
  answerBare,
  publisher: undefined as Publisher | undefined,

  async startPublisher(): Promise<void> {
    const options = { network: await loadNetwork(), container: document.body }
    page.publisher = await startTabPublisher(options, new AbortController().signal)
  },

  /** A provider at full speed. Resolves when it is connected to a relay. */
  async startProvider(): Promise<void> {
    const options = { network: await loadNetwork(), container: document.body, isEmbed: false }
    const provider = await startTabProvider(options, new AbortController().signal)
    await provider.change({ cpuDuty: 1, makesRoom: false, executor: 'wasm' })
    await new Promise<void>((resolve) => {
      provider.subscribe(({ relay }) => relay.kind === 'connected' && resolve())
    })
  },

  /** Publishes so many squares and waits until each is accepted. Throws when the result is not right. */
  async square({ index, units }: { index: number; units: number }): Promise<Ran> {
    const { publisher } = page
    if (publisher === undefined) throw new Error('There is no publisher in this page')
    const jobId = await publisher.publish(sampleJob('square', index, { priceWei: PRICE_WEI, units }))
    const times: number[] = []
    await new Promise<void>((resolve) => {
      publisher.watchOutputs(jobId, () => {
        times.push(performance.now())
        if (times.length === units) resolve()
      })
    })
    const job = await jobOf(publisher, jobId)
    if ((await publisher.result(jobId)).digest !== digestOf(squareWords(numbers(job))))
      throw new Error('The job gave wrong squares')
    return { times, own: job.executions.own, paths: job.providers.map(({ path }) => path) }
  },
}

/** What the driver calls in a page. */
export type BenchPage = typeof page

Object.assign(window, { bench: page })

async function loadNetwork(): Promise<Network> {
  return parseNetwork(await (await fetch('/network.json')).json())
}

function jobOf(publisher: Publisher, jobId: PublishedJob['jobId']): Promise<PublishedJob> {
  return new Promise((resolve) => {
    const end = publisher.subscribe(({ jobs }) => {
      const job = jobs.find((entry) => entry.jobId === jobId)
      if (job === undefined) return
      resolve(job)
      queueMicrotask(() => end())
    })
  })
}

/** The inputs of all units of a job, one after the other. */
function numbers({ manifest, units }: PublishedJob): Uint8Array {
  const first = manifest.params.find(({ name }) => name === 'first')?.value ?? 0
  return new Uint8Array(
    Uint32Array.from({ length: units.length * WORDS }, (_, n) => first * WORDS + n).buffer,
  )
}
