import type { Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { serveHost } from '../e2e/support/network/host-site.ts'
import { squareDraft } from '../e2e/support/network/job.ts'
import { startPublisher } from '../e2e/support/network/node-publisher.ts'
import { startNetwork } from '../e2e/support/network/process.ts'
import { HEADLESS } from '../src/cli/headless/browser.ts'
import { needBrowser } from '../src/cli/setup/browser.mjs'
import { accountOf, makeKey } from '../src/protocol/account.ts'
import type { Found } from './row.ts'

/** Rounds of the site with the badge at work (A) and of the same site without it (B): A B, B A, A B, … */
const ROUNDS = 5
const WATCH_MS = 6_000
/** All windows of a side together. */
const SECONDS = (ROUNDS * WATCH_MS) / 1_000
const SETTLE_MS = 1_000
const PATIENCE = { timeout: 30_000 }
/** Units of about a tenth of a second, so that few results wait for a signature. */
const JOB = { name: 'Squares', units: 100_000, spin: 100_000_000, priceWei: '1000' }
const FRAME = 'iframe[data-weft-frame]'

const SIDES = ['with', 'without'] as const
type Side = (typeof SIDES)[number]
/** What a page had in the time that it was watched: long tasks and animation frames. */
type Seen = { readonly tasks: number; readonly frames: number }

/**
 * Measures what a tab at work, with the settings of a newcomer, does to the page of the site that shows it: its long tasks a
 * minute more than without, and the share of its animation frames that are lost, each over all windows together. Long tasks are
 * rare: a median of the windows would hide them.
 */
export async function hostJank(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const network = await startNetwork({ hasSamples: false })
  try {
    const publisher = await startPublisher(network)
    await publisher.engine.publish(squareDraft(JOB))
    const badge = `<script async src="${network.url}/embed/v1.js" data-payto="${accountOf(makeKey())}"></script>`
    const host = await serveHost(network.url, (path) => (path === '/with' ? badge : ''))
    const browser = await chromium.launch({
      ...HEADLESS,
      executablePath: needBrowser(),
      args: ['--no-sandbox', ...HEADLESS.args],
    })
    signal.addEventListener('abort', () => void browser.close(), { once: true }) // whatever waits for a page then fails
    try {
      return found(await measure(await browser.newPage(), host.url))
    } finally {
      await browser.close()
      await host.close()
      await publisher.stop()
    }
  } finally {
    await network.stop()
  }
}

async function measure(page: Page, url: string): Promise<Record<Side, Seen[]>> {
  const seen: Record<Side, Seen[]> = { with: [], without: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? SIDES : [...SIDES].reverse()
    for (const side of order) {
      await page.goto(`${url}/${side}`)
      if (side === 'with') await setToWork(page)
      await page.waitForTimeout(SETTLE_MS)
      seen[side].push(await page.evaluate(watchPage, WATCH_MS))
    }
  }
  return seen
}

/** Agrees as a visitor does, and waits until something runs. */
async function setToWork(page: Page): Promise<void> {
  const frame = page.frameLocator(FRAME)
  await frame.getByTestId('badge').click(PATIENCE)
  await frame.getByTestId('agree').click(PATIENCE)
  await frame.getByTestId('working').waitFor(PATIENCE)
}

/** Runs in the page of the site. */
async function watchPage(ms: number): Promise<Seen> {
  const seen = { tasks: 0, frames: 0 }
  const observer = new PerformanceObserver((list) => {
    seen.tasks += list.getEntries().length
  })
  observer.observe({ type: 'longtask' })
  for (const end = performance.now() + ms; performance.now() < end; seen.frames += 1)
    await new Promise((resolve) => requestAnimationFrame(resolve))
  observer.disconnect()
  return seen
}

function found(seen: Record<Side, readonly Seen[]>): ReadonlyMap<string, Found> {
  const sum = (side: Side, what: keyof Seen): number => seen[side].reduce((all, each) => all + each[what], 0)
  const each = (what: keyof Seen): string =>
    SIDES.map((side) => `${seen[side].map((at) => at[what]).join(' ')} ${side}`).join(', ')
  const row = (value: number, what: keyof Seen, words: string): Found => ({
    samples: [value],
    baseline: null,
    note: `a badge at work on another site's page, as a newcomer starts it, ${SECONDS} s with and ${SECONDS} s without; ${words}: ${each(what)}`,
  })
  const tasks = ((sum('with', 'tasks') - sum('without', 'tasks')) * 60) / SECONDS
  const frames = 100 * (1 - sum('with', 'frames') / sum('without', 'frames'))
  return new Map([
    ['host-jank.tasks', row(Math.max(0, tasks), 'tasks', 'long tasks of each window')],
    ['host-jank.frames', row(Math.max(0, frames), 'frames', 'frames of each window')],
  ])
}
