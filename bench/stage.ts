import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import type { LocalNetwork } from '../src/cli/local/local-network.ts'
import { withNetwork } from '../src/cli/local/local-network.ts'
import { projectFolder } from '../src/cli/project.ts'
import { needBrowser } from '../src/cli/setup/browser.mjs'
import { makeKey } from '../src/protocol/account.ts'
import { sandboxPage } from '../src/worker/frame/sandbox-page.ts'
import type { BenchPage } from './page/page.ts'

declare global {
  interface Window {
    bench: BenchPage
  }
}

/** The pages of a bench: one publisher and two providers, each in a browser context of its own. */
export type Stage = { readonly publisher: Page; readonly providers: readonly Page[] }

const PAGE = 'bench/page/index.html'
const PROVIDERS = 2
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-blink-features=ComputePressure',
]

/** The signal ends the browser; by itself it would end this whole process at a Ctrl-C, before anything is cleaned up. */
const QUIET = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }

/** Runs `use` on a whole network of this machine with its pages open, served as the app is: same server, same policy. */
export async function withStage<T>(use: (stage: Stage) => Promise<T>, signal: AbortSignal): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-bench-'))
  try {
    const webFolder = join(folder, 'web')
    await buildPage(webFolder)
    const options = { folder, webFolder, port: 0, relayKey: makeKey(), report: () => undefined }
    return await withNetwork(options, (network, ends) => withPages(network, use, ends), signal)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function buildPage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: projectFolder(),
    publicDir: false,
    plugins: [sandboxPage()],
    build: {
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      outDir,
      rolldownOptions: { input: PAGE },
    },
  })
}

async function withPages<T>(
  { url }: LocalNetwork,
  use: (stage: Stage) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const browser = await chromium.launch({ executablePath: needBrowser(), args: ARGS, ...QUIET })
  const close = (): void => void browser.close() // whatever waits for a page then fails
  signal.addEventListener('abort', close, { once: true })
  try {
    const publisher = await openPage(browser, url)
    const providers: Page[] = []
    for (let count = 0; count < PROVIDERS; count += 1) providers.push(await openPage(browser, url))
    return await use({ publisher, providers })
  } finally {
    await browser.close()
  }
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(`weft bench: a page failed: ${error.stack ?? error.message}`))
  await page.goto(new URL(PAGE, url).href)
  await page.waitForFunction(() => 'bench' in window)
  return page
}
