import type { Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { serveSandboxSite } from '../../e2e/support/sandbox-site.ts'
import { needBrowser } from '../../src/cli/setup/browser.mjs'
import type { SandboxBench } from './page.ts'

declare global {
  interface Window {
    sandboxBench: SandboxBench
  }
}

const ARGS = ['--no-sandbox', '--disable-quic', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
/** The signal ends the browser; by itself it would end this whole process at a Ctrl-C. */
const QUIET = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }

/** Runs `use` with the page of the sandbox's measurements open, in a browser of its own with WebGPU in software. */
export async function withSandboxPage<T>(use: (page: Page) => Promise<T>, signal: AbortSignal): Promise<T> {
  const site = await serveSandboxSite(new URL('./page.ts', import.meta.url))
  const browser = await chromium.launch({ executablePath: needBrowser(), args: ARGS, ...QUIET })
  signal.addEventListener('abort', () => void browser.close(), { once: true }) // whatever waits for a page then fails
  try {
    const page = await browser.newPage()
    page.on('pageerror', (error) => console.error(`weft bench: a page failed: ${error.message}`))
    await page.goto(site.url)
    return await use(page)
  } finally {
    await browser.close()
    await site.close()
  }
}
