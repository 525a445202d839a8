import type { Browser, BrowserContext, FrameLocator, Page } from '@playwright/test'
import { expect } from '@playwright/test'
import type { Address } from '../../../src/protocol/address.ts'
import { readAddress } from '../../../src/protocol/address.ts'
import { readWei } from '../../../src/protocol/wei.ts'

/** A visitor: a browser profile of its own with one page. */
export type Visitor = {
  readonly context: BrowserContext
  readonly page: Page
  /** What the pages began, opened or kept, by name: `WebSocket`, `Worker`, … */
  readonly touched: string[]
  /** Errors of pages and violations of their policies. */
  readonly faults: string[]
}

/** Whatever shows the elements of the app: its page, or the frame on another site. */
export type Shown = Pick<Page | FrameLocator, 'getByTestId'>

/** How long a condition may take on a machine that is busy with other things. */
export const PATIENCE = { timeout: 90_000 }

/** Opens an empty page of a new visitor; everything that its pages begin, open or keep is noted. */
export async function makeVisitor(browser: Browser): Promise<Visitor> {
  const context = await browser.newContext()
  await context.addInitScript(watchPage)
  const visitor: Visitor = { context, page: await context.newPage(), touched: [], faults: [] }
  context.on('console', (message) => {
    const text = message.text()
    if (text.startsWith('touched ')) visitor.touched.push(text.slice('touched '.length))
    else if (text.startsWith('violated ') || text.includes('Content Security Policy'))
      visitor.faults.push(text)
  })
  context.on('weberror', (error) => visitor.faults.push(String(error.error())))
  return visitor
}

/** Runs in every page before its scripts. */
function watchPage(): void {
  const tell = (what: string): void => console.debug(`touched ${what}`)
  const names = ['WebSocket', 'Worker', 'SharedWorker', 'RTCPeerConnection', 'BroadcastChannel'] as const
  for (const name of names) {
    const real = Reflect.get(globalThis, name)
    if (typeof real !== 'function') continue
    const watched = new Proxy(real, {
      construct(target, values) {
        tell(name)
        return Reflect.construct(target, values)
      },
    })
    Reflect.set(globalThis, name, watched)
  }
  const methods = [
    [IDBFactory.prototype, 'open'],
    [Storage.prototype, 'setItem'],
    [globalThis.CacheStorage?.prototype, 'open'],
    [globalThis.ServiceWorkerContainer?.prototype, 'register'],
  ] as const
  for (const [owner, name] of methods) {
    const real = owner === undefined ? undefined : Reflect.get(owner, name)
    if (owner === undefined || typeof real !== 'function') continue
    Reflect.set(owner, name, function (this: unknown, ...values: unknown[]) {
      tell(`${Object.prototype.toString.call(owner).slice(8, -1)}.${name}`)
      return Reflect.apply(real, this, values)
    })
  }
  addEventListener('securitypolicyviolation', (event) =>
    console.debug(`violated ${event.violatedDirective} ${event.blockedURI}`),
  )
}

/** Begins as a newcomer on a computer of which the stories leave little: without making room for other programs. */
export async function begin(page: Page, url: string): Promise<void> {
  await agree(page, url)
  await page.getByTestId('rules').locator('summary').click()
  await page.getByTestId('makes-room').uncheck()
}

/** Opens the app and does what a newcomer does: Start, Agree. */
export async function agree(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByTestId('start').click()
  await page.getByTestId('agree').click()
  await expect(page.getByTestId('account')).toBeVisible(PATIENCE)
}

/** An amount that is shown, in wei. */
export async function readShown(shown: Shown, id: string): Promise<bigint> {
  return readWei(await shown.getByTestId(id).first().getAttribute('data-wei'), id)
}

/** A count that is shown. */
export async function readCount(shown: Shown, id: string): Promise<number> {
  return Number(await shown.getByTestId(id).first().textContent())
}

/** An address that is shown. */
export async function readAccount(shown: Shown, id: 'account' | 'payee'): Promise<Address> {
  return readAddress(await shown.getByTestId(id).first().getAttribute('data-address'), id)
}

/** All that was ever promised to a visitor: promised, claimable, in transit and paid together. */
export async function readEarned(shown: Shown): Promise<bigint> {
  const parts = ['promised', 'claimable', 'inTransit', 'paid'].map((id) => readShown(shown, id))
  return (await Promise.all(parts)).reduce((sum, part) => sum + part, 0n)
}

/** Sets a slider, a number or a text as a visitor does. */
export async function setField(shown: Shown, id: string, value: string): Promise<void> {
  const field = shown.getByTestId(id)
  await field.fill(value)
  await field.blur()
}
