import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { accountOf, makeKey } from '../src/protocol/account.ts'
import { checkFaults, checkPage } from './support/network/check-page.ts'
import { publishSquares } from './support/network/job.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { startNetwork } from './support/network/process.ts'
import { begin, makeVisitor, PATIENCE, readCount } from './support/network/visitor.ts'

// What a page must be for everybody: readable for tools, usable by keyboard, whole on a phone, in light and dark.
test.describe.configure({ timeout: 180_000 })

let network: NetworkProcess

test.beforeAll(async () => {
  network = await startNetwork()
})
test.afterAll(() => network?.stop())

const payee = accountOf(makeKey())

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has a serious fault in ${colorScheme} or is wider than a phone`, async ({ browser }) => {
    const { context, page } = await makeVisitor(browser)
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(network.url)
    await checkPage(page, 'Contribute, before the start')
    await page.getByTestId('start').click()
    await expect(page.getByTestId('agree')).toBeVisible()
    await checkPage(page, 'the consent')
    await page.getByTestId('payee-other').check()
    await page.getByTestId('payee').fill('nonsense')
    await page.getByTestId('agree').click()
    await expect(page.getByTestId('consent-error')).not.toBeEmpty()
    await checkPage(page, 'the consent with an error')

    await begin(page, network.url)
    await expect.poll(() => readCount(page, 'accepted'), PATIENCE).toBeGreaterThan(0)
    await page.getByTestId('history').locator('summary').click()
    await page.getByTestId('key-export').click()
    await page.getByTestId('rules').locator('summary').click()
    await page.getByTestId('pause').click()
    await checkPage(page, 'Contribute, after the start')

    await page.goto(`${network.url}/#/jobs`)
    await expect(page.getByTestId('balance')).toBeVisible(PATIENCE)
    await checkPage(page, 'Jobs')
    await page.goto(`${network.url}/#/publish`)
    await expect(page.getByTestId('param').first()).toBeVisible(PATIENCE)
    await expect(page.getByTestId('cost')).toBeVisible(PATIENCE)
    await checkPage(page, 'Publish, a sample')
    await publishSquares(page, network.url, { name: 'Squares', units: 50, spin: 1000, priceWei: '1' })
    await page.getByTestId('unit-pick').fill('3')
    await page.getByTestId('unit-pick').blur()
    await checkPage(page, 'a job')
    await context.close()
  })
}

test('the framed page has no serious fault, from the badge to the work', async ({ browser }) => {
  const { context, page } = await makeVisitor(browser)
  await page.setViewportSize({ width: 384, height: 700 })
  await page.goto(`${network.url}/embed.html#payto=${payee}`)
  await page.getByTestId('badge').waitFor()
  await checkFaults(page, 'the badge')
  await page.getByTestId('badge').click()
  await page.getByTestId('agree').waitFor()
  await checkFaults(page, 'the consent in the frame')
  await page.getByTestId('agree').click()
  await page.getByTestId('working').waitFor(PATIENCE)
  await checkFaults(page, 'the work in the frame')
  await context.close()
})

test('Start, Agree and Pause need no mouse, and what has the focus shows it', async ({ browser }) => {
  const { context, page } = await makeVisitor(browser)
  await page.goto(network.url)
  for (const id of ['start', 'agree', 'pause', 'resume']) {
    await page.getByTestId(id).waitFor(PATIENCE)
    await tabTo(page, id)
    const outline = await page.getByTestId(id).evaluate((node) => getComputedStyle(node).outlineStyle)
    expect(outline).not.toBe('none')
    await page.keyboard.press('Enter')
  }
  await expect(page.getByTestId('pause')).toBeVisible(PATIENCE)
  await context.close()
})

/** Presses Tab until an element has the focus. */
async function tabTo(page: Page, id: string): Promise<void> {
  const isThere = () => page.getByTestId(id).evaluate((node) => node === document.activeElement)
  for (let presses = 0; !(await isThere()); presses += 1) {
    if (presses > 60) throw new Error(`${id} is not reached by Tab`)
    await page.keyboard.press('Tab')
  }
}
