import { readFile } from 'node:fs/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Address } from '../../protocol/address.ts'
import { readAddress } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Wei } from '../../protocol/wei.ts'
import { readWei } from '../../protocol/wei.ts'
import { HEADLESS, WITH_GPU } from '../headless/browser.ts'

/** A headless visitor of the demo. */
export type Tab = { readonly page: Page; readonly isCheater: boolean; readonly payee: Address }

/** How a tab behaves: its executor, and whether its sandbox lies. */
export type TabPlan = { readonly executor: 'auto' | 'wgsl'; readonly isCheater: boolean }

/** Starts a browser; with `hasGpu` it offers WebGPU, on a software adapter where there is no other. Throws `refused` when there is none. */
export async function openBrowser(executablePath: string, hasGpu: boolean): Promise<Browser> {
  try {
    return await chromium.launch({
      ...HEADLESS,
      executablePath,
      args: ['--no-sandbox', ...HEADLESS.args, ...(hasGpu ? [WITH_GPU] : [])],
    })
  } catch (cause) {
    throw new Failure(
      'refused',
      `The browser ${executablePath} does not start. Name another one with CHROME_PATH`,
      { cause },
    )
  }
}

/** Opens the app in a context of its own and does what a visitor does: Start, Agree, full speed whatever else runs. */
export async function openTab(
  browser: Browser,
  url: string,
  plan: TabPlan & { readonly cheat: string },
): Promise<Tab> {
  const context = await browser.newContext()
  const page = await context.newPage()
  if (plan.isCheater) await replaceSandbox(page, await readFile(plan.cheat, 'utf8'))
  await page.goto(url)
  await page.getByTestId('start').first().click()
  await page.getByTestId('agree').click()
  if (plan.executor !== 'auto') await page.getByTestId('executor').selectOption(plan.executor)
  await page.getByTestId('throttle').fill('100')
  if (plan.executor === 'wgsl') await page.getByTestId('throttle-gpu').fill('100')
  // The tabs share one machine, and none makes room for the others.
  await page.getByTestId('rules').locator('summary').click()
  await page.getByTestId('makes-room').uncheck()
  const payee = await page.getByTestId('payee').first().getAttribute('data-address')
  return { page, isCheater: plan.isCheater, payee: readAddress(payee, 'payee') }
}

/** Everything that a tab says it was promised: still promised, claimable or in transit, and paid. */
export async function readMoney({ page }: Tab): Promise<{ readonly open: Wei; readonly paid: Wei }> {
  const read = async (id: string): Promise<bigint> =>
    readWei(await page.getByTestId(id).first().getAttribute('data-wei'), id)
  return {
    open: ((await read('promised')) + (await read('claimable')) + (await read('inTransit'))) as Wei,
    paid: (await read('paid')) as Wei,
  }
}

/** Serves this page another sandbox: the same script, with `cheat` before it. */
async function replaceSandbox(page: Page, cheat: string): Promise<void> {
  await page.route('**/sandbox.html', async (route) => {
    const answer = await route.fetch()
    const html = (await answer.text())
      .replace(/<meta http-equiv[^>]*>/, '')
      .replace('<script>', () => `<script>${cheat}\n`)
    const policy =
      "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; worker-src data: blob:; sandbox allow-scripts"
    await route.fulfill({
      body: html,
      contentType: 'text/html',
      headers: { 'content-security-policy': policy },
    })
  })
}
