import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import type { Address } from '../../protocol/address.ts'
import { showAddress } from '../../protocol/address.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import { formatWei } from '../../protocol/wei.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import type { HeadlessReport, HeadlessWish } from '../../provider/headless.ts'
import { parseHeadlessReport } from '../../provider/headless.ts'
import { holdFolder } from '../local/hold-folder.ts'
import { readNetwork } from '../read-network.ts'
import type { Reporter } from '../reporter.ts'
import { makeReporter } from '../reporter.ts'
import { browserFor, HEADLESS, WITH_GPU } from './browser.ts'

/** The options of `weft provide`; shares in percent. */
export type ProvideOptions = {
  readonly network: string
  readonly data: string
  readonly payee?: Address
  readonly workers: number
  readonly cpu: number
  readonly gpu: number
  readonly executor: 'auto' | ExecutorKind
  readonly battery: boolean
  readonly makeRoom: boolean
  readonly browserSandbox: boolean
  readonly json: boolean
}

/** What the page of a provider without a window offers. */
type HeadlessPage = { weftStart(wish: HeadlessWish): Promise<void>; weftStop(): void }

/** Counts are told at most so often. */
const TELL_MS = 10_000
/** How long a provider that stops may take to hand its leases back. */
const GOODBYE_MS = 500

/** Runs a provider in a browser without a window until the signal aborts. Its key and statements are kept in the data folder. */
export async function provide(options: ProvideOptions, signal: AbortSignal): Promise<void> {
  const reporter = makeReporter(options.json)
  const executablePath = browserFor('weft provide')
  const { currency } = await readNetwork(options.network)
  const folder = resolve(options.data)
  await holdFolder({ folder, isFresh: false }, async () => {
    const context = await openProfile(join(folder, 'browser'), { executablePath, ...options })
    try {
      const tell = teller(reporter, currency)
      const page = await startPage(context, { ...options, tell })
      const gone = page.waitForEvent('crash', { timeout: 0 }).catch(() => undefined) // it closed
      if (!signal.aborted) await Promise.race([once(signal, 'abort'), gone])
      if (!signal.aborted) throw new Failure('unreachable', 'The browser ended; start the command again')
      reporter.line('Stopping')
      await page.evaluate(() => (globalThis as unknown as HeadlessPage).weftStop())
      await sleep(GOODBYE_MS)
    } finally {
      await context.close().catch(() => undefined) // it may be what ended
    }
  })
  reporter.line(`Stopped; what was earned is kept in ${folder}`)
}

type Profile = Pick<ProvideOptions, 'browserSandbox'> & { readonly executablePath: string }

/** Starts the browser. It runs strangers' code, so its own sandbox stays on unless the user says otherwise. */
async function openProfile(
  folder: string,
  { executablePath, browserSandbox }: Profile,
): Promise<BrowserContext> {
  try {
    return await chromium.launchPersistentContext(folder, {
      ...HEADLESS,
      executablePath,
      chromiumSandbox: browserSandbox,
      args: [...HEADLESS.args, WITH_GPU],
    })
  } catch (cause) {
    const isRoot = process.getuid?.() === 0 && browserSandbox
    const way = isRoot
      ? 'It does not run as root with its own sandbox: run this as another user, or, on a machine that holds nothing else, add --no-browser-sandbox'
      : 'Name another one with CHROME_PATH'
    throw new Failure('refused', `The browser ${executablePath} does not start. ${way}`, { cause })
  }
}

type Start = ProvideOptions & { tell(report: HeadlessReport): void }

async function startPage(context: BrowserContext, { tell, ...options }: Start): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage())
  await page.exposeFunction('weftReport', (report: unknown) => tell(parseHeadlessReport(report)))
  const answer = await page.goto(new URL('/headless.html', options.network).href)
  if (answer?.ok() !== true)
    throw new Failure(
      'unsupported',
      `${options.network} serves no /headless.html: its web app is an older one`,
    )
  await page
    .evaluate((wish) => (globalThis as unknown as HeadlessPage).weftStart(wish), wishOf(options))
    .catch((error: unknown) => {
      throw new Failure('refused', `The provider does not start: ${reason(error)}`, { cause: error })
    })
  return page
}

function wishOf({ payee, workers, cpu, gpu, executor, battery, makeRoom }: ProvideOptions): HeadlessWish {
  return {
    ...(payee === undefined ? {} : { payee: showAddress(payee) }),
    settings: {
      cpuWorkers: workers,
      cpuDuty: cpu / 100,
      gpuDuty: gpu / 100,
      gpuDutyHidden: gpu / 100,
      executor,
      power: battery ? 'any' : 'mains',
      makesRoom: makeRoom,
    },
  }
}

/** Tells what changed: at once why nothing runs or what does, and the counts now and then. */
function teller(reporter: Reporter, currency: string): (report: HeadlessReport) => void {
  let told = { now: '', text: '', at: 0 }
  let isReady = false
  return (report) => {
    if (!isReady && report.phase !== 'starting') {
      isReady = true
      const { account, payee, sandbox } = report
      reporter.event('ready', { account, payee, sandbox })
      reporter.line(`Providing as ${showAddress(account)}; paid is ${showAddress(payee)}. ${sandbox}`)
    }
    const { delivered, accepted, rejected, failed, promised, claimable, paid } = report
    const now = report.idle || `Working on ${report.jobs.join(', ') || 'a job'}`
    const counts = `${delivered} delivered, ${accepted} accepted, ${rejected} rejected, ${failed} failed`
    const money = `${formatWei(promised, 9)} ${currency} promised, ${formatWei(claimable, 9)} to claim, ${formatWei(paid, 9)} paid`
    const text = `${now}. ${counts}; ${money}`
    const isNews = now !== told.now || (text !== told.text && Date.now() - told.at >= TELL_MS)
    if (!isNews) return
    told = { now, text, at: Date.now() }
    reporter.event('state', {
      ...report,
      promised: `${promised}`,
      claimable: `${claimable}`,
      paid: `${paid}`,
    })
    reporter.line(text)
  }
}
