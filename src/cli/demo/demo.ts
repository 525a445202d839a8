import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { balanceOf } from '../../chain/chain.ts'
import type { SampleName } from '../../kernels/sample.ts'
import { sampleJob } from '../../kernels/sample.ts'
import { makeKey } from '../../protocol/account.ts'
import { Failure } from '../../protocol/failure.ts'
import { formatWei, toWei } from '../../protocol/wei.ts'
import type { PublisherEngine } from '../../publisher/publisher.ts'
import { startNodePublisher } from '../../publisher/start-node.ts'
import { browserFor } from '../headless/browser.ts'
import { forProcess } from '../local/for-process.ts'
import type { LocalNetwork } from '../local/local-network.ts'
import { withNetwork } from '../local/local-network.ts'
import { projectFolder, webFolder } from '../project.ts'
import { makeReporter } from '../reporter.ts'
import { SAMPLE_PRICE_WEI } from '../samples.ts'
import { referenceDigest } from './reference-digest.ts'
import type { DemoJob, DemoSummary, DemoTab } from './summary.ts'
import { summarise } from './summary.ts'
import type { Tab } from './tabs.ts'
import { openBrowser, openTab, readMoney } from './tabs.ts'

/** The options of `weft demo`. */
export type DemoOptions = { readonly json: boolean; readonly tabs: number; readonly out: string }

const SAMPLES: readonly SampleName[] = ['bunny', 'fractal']
const INDEX = 0
const SETTLE_MS = 60_000

/**
 * Runs the main job without anybody clicking: a network in a temporary folder, provider tabs and a cheater, both sample jobs,
 * until every unit is verified and paid. Writes the pictures and returns the summary.
 */
export async function demo({ json, tabs, out }: DemoOptions, signal: AbortSignal): Promise<DemoSummary> {
  const reporter = makeReporter(json)
  const executablePath = browserFor('The demo')
  const folder = await mkdtemp(join(tmpdir(), 'weft-demo-'))
  const options = { folder, webFolder: webFolder(), port: 0, relayKey: makeKey(), report: reporter.line }
  const run = (network: LocalNetwork, ends: AbortSignal): Promise<DemoSummary> =>
    show(network, { executablePath, tabs, folder, out: resolve(out), report: reporter.line }, ends)
  try {
    const summary = await withNetwork(options, run, signal)
    report(summary, json)
    return summary
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Stage = {
  readonly executablePath: string
  readonly tabs: number
  readonly folder: string
  readonly out: string
  report(line: string): void
}

async function show(network: LocalNetwork, stage: Stage, ends: AbortSignal): Promise<DemoSummary> {
  const closing = new AbortController()
  const signal = AbortSignal.any([ends, closing.signal])
  const listen = { host: '127.0.0.1', port: 0 }
  const publisher = await startNodePublisher(
    { network: forProcess(network), folder: stage.folder, listen },
    signal,
  )
  const browsers = await Promise.all([
    openBrowser(stage.executablePath, false),
    openBrowser(stage.executablePath, true),
  ])
  try {
    const tabs = await openTabs(browsers, network.url, stage)
    const jobs = await runJobs(publisher, stage, signal)
    return summarise(jobs, await Promise.all(tabs.map((tab) => settleTab(tab, network))), publisher)
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()))
    closing.abort()
    await publisher.stopped
  }
}

/** The last of the tabs has WebGPU and insists on it; one more is the cheater. */
async function openTabs(
  [plain, gpu]: readonly Browser[],
  url: string,
  { tabs, report }: Stage,
): Promise<Tab[]> {
  if (plain === undefined || gpu === undefined) throw new Failure('refused', 'The demo needs two browsers')
  report(`Opening ${tabs} provider tabs, one of them on WebGPU, and a cheater`)
  const cheat = join(projectFolder(), 'e2e/support/flip-a-byte.js')
  const plans = Array.from({ length: tabs + 1 }, (_, place) => ({
    executor: place === tabs - 1 ? ('wgsl' as const) : ('auto' as const),
    isCheater: place === tabs,
    cheat,
  }))
  const opened: Tab[] = []
  for (const plan of plans) opened.push(await openTab(plan.executor === 'wgsl' ? gpu : plain, url, plan))
  return opened
}

async function runJobs(
  publisher: PublisherEngine,
  { out, report }: Stage,
  signal: AbortSignal,
): Promise<DemoJob[]> {
  await mkdir(out, { recursive: true })
  const published = await Promise.all(
    SAMPLES.map(async (name) => ({
      name,
      jobId: await publisher.publish(sampleJob(name, INDEX, { priceWei: SAMPLE_PRICE_WEI })),
    })),
  )
  const end = publisher.subscribe(progress(report))
  const expected = SAMPLES.map((name) => referenceDigest({ name, index: INDEX, priceWei: SAMPLE_PRICE_WEI }))
  const jobs = await Promise.all(
    published.map(async ({ name, jobId }, place): Promise<DemoJob> => {
      await publisher.over(jobId)
      signal.throwIfAborted()
      const job = publisher.show().jobs.find((entry) => entry.jobId === jobId)
      if (job === undefined) throw new Failure('refused', `Job ${name} is gone`)
      const file = join(out, `${name}.png`)
      const [image] = (await publisher.result(jobId)).files
      if (image === undefined) throw new Failure('refused', `Job ${name} has no result`)
      await writeFile(file, image.bytes)
      const digest = await expected[place]
      if (digest === undefined) throw new Failure('refused', `There is no reference for ${name}`)
      return { name, job, expected: digest, file }
    }),
  )
  end()
  return jobs
}

/** Waits until the tab knows that it was paid, and compares with the chain. */
async function settleTab(tab: Tab, { chain }: LocalNetwork): Promise<DemoTab> {
  const until = Date.now() + SETTLE_MS
  let money = await readMoney(tab)
  while (money.open > 0n && Date.now() < until) {
    await tab.page.waitForTimeout(500)
    money = await readMoney(tab)
  }
  const gained = await balanceOf(chain, tab.payee)
  return { payee: tab.payee, isCheater: tab.isCheater, promised: toWei(money.open + money.paid), gained }
}

/** Tells of each job's progress in steps of a tenth. */
function progress(report: (line: string) => void): Parameters<PublisherEngine['subscribe']>[0] {
  const told = new Map<string, string>()
  return ({ jobs }) => {
    for (const job of jobs) {
      const done = job.counts.accepted + job.counts.paid
      const line = `${job.name}: ${Math.floor((10 * done) / job.units.length) * 10} % verified, ${job.phase}`
      if (told.get(job.jobId) !== line) report(line)
      told.set(job.jobId, line)
    }
  }
}

function report({ jobs, providers, escrow, ok, faults, ...rest }: DemoSummary, isJson: boolean): void {
  if (isJson) {
    process.stdout.write(
      `${JSON.stringify({ jobs, providers, escrow, ...rest, ok, ...(ok ? {} : { faults }) })}\n`,
    )
    return
  }
  const lines = [
    ...jobs.map(
      (job) =>
        `${job.name}: ${job.verified} of ${job.units} units verified in ${job.seconds} s, ${job.executions} executions (${job.executors.wasm} WASM, ${job.executors.wgsl} WebGPU), ${job.rejected} rejected. Digest ${job.digest === job.expectedDigest ? 'equals the reference' : 'DIFFERS from the reference'}. ${job.file}`,
    ),
    ...providers.map(
      (tab) =>
        `${tab.cheater ? 'cheater ' : 'provider'} ${tab.payee}: ${formatWei(BigInt(tab.onChainWei))} test ETH on chain`,
    ),
    `Escrow: ${formatWei(BigInt(escrow.budgetWei))} test ETH = ${formatWei(BigInt(escrow.claimedWei))} claimed + ${formatWei(BigInt(escrow.refundedWei))} refunded; bond ${formatWei(BigInt(escrow.bondReturnedWei))} of ${formatWei(BigInt(escrow.bondWei))} returned`,
    ...(ok ? ['All is as it must be.'] : faults.map((fault) => `FAULT: ${fault}`)),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
