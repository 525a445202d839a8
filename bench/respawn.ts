import type { Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import type { harness as Harness } from '../e2e/support/sandbox-harness.ts'
import { openSandboxSite, serveSandboxSite } from '../e2e/support/sandbox-site.ts'
import { needBrowser } from '../src/cli/setup/browser.mjs'
import { gpuRecovery } from './gpu-recovery.ts'
import type { Found } from './row.ts'

declare const harness: typeof Harness

/** One way in which an endless unit of WASM comes to its end: it is stopped, or `limits.timeMs` is over. */
type Way = {
  readonly rounds: number
  readonly stopMs: number
  readonly limitMs: number
  readonly note: string
}

const ways: ReadonlyMap<string, Way> = new Map([
  [
    'respawn',
    {
      rounds: 15,
      stopMs: 1_500,
      limitMs: 60_000,
      note: 'an endless WASM unit is stopped in an open sandbox; until the next unit of its kernel is done',
    },
  ],
  [
    'respawn.again',
    {
      rounds: 15,
      stopMs: 50,
      limitMs: 60_000,
      note: 'the same again and again, 50 ms after the last, so that no worker is ready',
    },
  ],
  [
    'respawn.time',
    {
      rounds: 5,
      stopMs: 60_000,
      limitMs: 100,
      note: 'an endless WASM unit, from the end of limits.timeMs; with the 2.2 s that a message may be late',
    },
  ],
])

/** Measures how long a lane is away when its worker is killed, in milliseconds: the worker, the kernel and a unit; and WGSL, when the GPU process is. */
export async function respawn(signal: AbortSignal): Promise<ReadonlyMap<string, Found>> {
  const site = await serveSandboxSite()
  const browser = await chromium.launch({ executablePath: needBrowser(), args: ['--no-sandbox'] })
  signal.addEventListener('abort', () => void browser.close())
  try {
    const page = await openSandboxSite(browser, site)
    const found = new Map<string, Found>()
    for (const [name, way] of ways)
      found.set(name, { samples: await killIn(page, way), baseline: null, note: way.note })
    found.set('respawn.gpu', await gpuRecovery(signal))
    return found
  } finally {
    await browser.close()
    await site.close()
  }
}

async function killIn(page: Page, way: Way): Promise<number[]> {
  return await page.evaluate(async ({ rounds, stopMs, limitMs }) => {
    const closing = new AbortController()
    const sandbox = await harness.open({ signal: closing.signal })
    const limits = { fuel: 1_000_000_000_000, timeMs: limitMs }
    const kernel = await sandbox.load(harness.moody({ manifest: { limits } }))
    const times: number[] = []
    while (times.length < rounds) {
      let killedAt = performance.now() + limitMs
      const stop = new AbortController()
      const timer = setTimeout(() => {
        killedAt = performance.now()
        stop.abort()
      }, stopMs)
      const [endless] = await kernel.run([2], stop.signal)
      clearTimeout(timer)
      if (endless?.kind !== 'failed') throw new Error('the endless unit ended')
      const [next] = await kernel.run([7])
      times.push(performance.now() - killedAt)
      if (next?.kind !== 'done') throw new Error('the next unit was not done')
    }
    closing.abort()
    return times
  }, way)
}
