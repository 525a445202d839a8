import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'
import { killGpu } from '../e2e/support/gpu-browser.ts'
import type { harness as Harness } from '../e2e/support/sandbox-harness.ts'
import { openSandboxSite, serveSandboxSite } from '../e2e/support/sandbox-site.ts'
import { needBrowser } from '../src/cli/setup/browser.mjs'
import type { Found } from './row.ts'

declare const harness: typeof Harness

const ROUNDS = 5
const ARGS = ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']

/** Measures how long WGSL is away when the GPU process dies under a unit, in milliseconds until the next unit is done. Each round has a browser of its own. */
export async function gpuRecovery(signal: AbortSignal): Promise<Found> {
  const site = await serveSandboxSite()
  try {
    const samples: number[] = []
    while (samples.length < ROUNDS) {
      const browser = await chromium.launch({ executablePath: needBrowser(), args: ARGS })
      const close = (): void => void browser.close()
      signal.addEventListener('abort', close)
      samples.push(await recover(browser, await openSandboxSite(browser, site)).finally(close))
      signal.removeEventListener('abort', close)
    }
    const note = 'from the death of the GPU process to the next unit of the same kernel; the software adapter'
    return { samples, baseline: null, note }
  } finally {
    await site.close()
  }
}

async function recover(browser: Browser, page: Awaited<ReturnType<typeof openSandboxSite>>): Promise<number> {
  await page.evaluate(async () => {
    const kernel = await (await harness.open()).load(harness.wgsl())
    await kernel.run([7])
    Object.assign(globalThis, { kernel })
  })
  const killedAt = await killGpu(browser)
  return await page.evaluate(async (killedAt) => {
    const { kernel } = globalThis as unknown as {
      kernel: Awaited<ReturnType<Awaited<ReturnType<typeof harness.open>>['load']>>
    }
    for (;;) {
      const [run] = await kernel.run([8])
      if (run?.kind === 'done') return Date.now() - killedAt
    }
  }, killedAt)
}
