import { chromium } from 'playwright-core'
import type { harness as Harness } from '../e2e/support/sandbox-harness.ts'
import { openSandboxSite, serveSandboxSite } from '../e2e/support/sandbox-site.ts'
import { needBrowser } from '../src/cli/setup/browser.mjs'
import type { Found } from './row.ts'

declare const harness: typeof Harness

const ROUNDS = 15
const NOTE = 'an endless WASM unit is stopped in an open sandbox; until the next unit of its kernel is done'

/** Measures how long a lane is away when its worker is killed, in milliseconds: the worker, the kernel and a unit. */
export async function respawn(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const site = await serveSandboxSite()
  const browser = await chromium.launch({ executablePath: needBrowser(), args: ['--no-sandbox'] })
  signal.addEventListener('abort', () => void browser.close())
  try {
    const page = await openSandboxSite(browser, site)
    const samples = await page.evaluate(async (rounds) => {
      const sandbox = await harness.open()
      const limits = { fuel: 1_000_000_000_000, timeMs: 60_000 }
      const kernel = await sandbox.load(harness.moody({ manifest: { limits } }))
      const times: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        const stop = new AbortController()
        const endless = kernel.run([2], stop.signal)
        await new Promise((resolve) => setTimeout(resolve, 1_500))
        const killedAt = performance.now()
        stop.abort()
        const [next] = await kernel.run([7])
        times.push(performance.now() - killedAt)
        if (next?.kind !== 'done') throw new Error('the next unit was not done')
        await endless
      }
      return times
    }, ROUNDS)
    return new Map([['respawn', { samples, baseline: null, note: NOTE }]])
  } finally {
    await browser.close()
    await site.close()
  }
}
