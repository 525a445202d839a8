import { expect, test } from '@playwright/test'
import { balanceOf } from '../src/chain/chain.ts'
import { accountOf, makeKey } from '../src/protocol/account.ts'
import type { HostSite } from './support/network/host-site.ts'
import { serveHost } from './support/network/host-site.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { startNetwork } from './support/network/process.ts'
import { makeVisitor, PATIENCE, readShown } from './support/network/visitor.ts'

// A site of somebody else that includes the one line, under a policy that allows our script and our frame only.
test.describe.configure({ timeout: 180_000 })

const owner = accountOf(makeKey())
let network: NetworkProcess
let host: HostSite

test.beforeAll(async () => {
  network = await startNetwork()
  const line = (payto: string): string =>
    `<script async src="${network.url}/embed/v1.js" data-payto="${payto}"></script>`
  const wrong = `${owner.slice(0, -1)}!`
  const pages: Record<string, string> = {
    '/': line(owner),
    '/twice': line(owner) + line(owner),
    '/wrong': line(wrong),
    '/checksum': line('0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed'),
  }
  host = await serveHost(network.url, (path) => pages[path] ?? '')
})
test.afterAll(async () => {
  await host?.close()
  await network?.stop()
})

const FRAMES = 'iframe[data-weft-frame]'

test('the one line shows one badge that does nothing before the click, and Decline brings it back', async ({
  browser,
}) => {
  const { context, page, touched, faults } = await makeVisitor(browser)
  await page.goto(`${host.url}/twice`)
  const frame = page.frameLocator(FRAMES)
  await expect(frame.getByTestId('badge')).toBeVisible()
  await page.waitForLoadState('networkidle')
  await expect(page.locator('iframe')).toHaveCount(1)
  await frame.getByTestId('badge').click()
  await expect(frame.getByTestId('agree')).toBeVisible()
  await expect(frame.getByTestId('payee')).toContainText(owner)
  await frame.getByTestId('decline').click()
  await expect(frame.getByTestId('badge')).toBeVisible()
  expect(touched).toEqual([])
  expect(page.workers()).toEqual([])
  expect(faults).toEqual([])
  await context.close()
})

test('after the same consent the frame works, and the money arrives at the owner of the site', async ({
  browser,
}) => {
  const { context, page, touched, faults } = await makeVisitor(browser)
  await page.goto(host.url)
  const frame = page.frameLocator(FRAMES)
  await frame.getByTestId('badge').click()
  await expect(frame.getByTestId('throttle')).toBeVisible()
  await frame.getByTestId('agree').click()
  await expect.poll(() => readShown(frame, 'promised'), PATIENCE).toBeGreaterThan(0n)
  expect(touched).toEqual(expect.arrayContaining(['WebSocket', 'Worker']))
  await expect.poll(() => balanceOf(network.chain, owner), PATIENCE).toBeGreaterThan(0n)

  await frame.getByTestId('pause').click()
  await expect(frame.getByTestId('idle-reason')).toHaveAttribute('data-code', 'paused')
  const accepted = await frame.getByTestId('accepted').textContent()
  await frame.getByTestId('resume').click()
  await expect(frame.getByTestId('accepted')).not.toHaveText(accepted ?? '', PATIENCE)
  expect(faults).toEqual([])
  await frame.getByTestId('stop').click()
  await expect(frame.getByTestId('badge')).toBeVisible()
  await context.close()
})

test('a frame that nobody can see does not compute', async ({ browser }) => {
  const { context, page } = await makeVisitor(browser)
  await page.goto(host.url)
  const frame = page.frameLocator(FRAMES)
  await frame.getByTestId('badge').click()
  await frame.getByTestId('agree').click()
  await expect.poll(() => readShown(frame, 'promised'), PATIENCE).toBeGreaterThan(0n)
  const move = (left: string) =>
    page
      .locator(FRAMES)
      .evaluate((node, to) => Object.assign((node as HTMLElement).style, { left: to }), left)
  await move('-5000px')
  await expect(frame.getByTestId('idle-reason')).toHaveAttribute('data-code', 'unseen')
  await move('auto')
  await expect(frame.getByTestId('idle-reason').and(page.locator('[data-code=unseen]'))).toHaveCount(
    0,
    PATIENCE,
  )
  await context.close()
})

test('a page that stutters by itself is left more of the computer, and less again when it is calm', async ({
  browser,
}) => {
  const { context, page, faults } = await makeVisitor(browser)
  await page.goto(host.url)
  const frame = page.frameLocator(FRAMES)
  await frame.getByTestId('badge').click()
  await frame.getByTestId('agree').click()
  await expect(frame.getByTestId('working')).toBeVisible(PATIENCE)
  const stutter = await page.evaluate(() => {
    const block = (): void => {
      for (const end = performance.now() + 150; performance.now() < end; );
    }
    return Number(setInterval(block, 300))
  })
  const limit = frame.getByTestId('limit')
  await expect(limit).toContainText('The page around this badge is busy', PATIENCE)
  const share = async (): Promise<number> => {
    const [text] = await limit.allTextContents()
    return Number(/(\d+) %/.exec(text ?? '100 %')?.[1])
  }
  await expect.poll(share, PATIENCE).toBe(25)
  await page.evaluate((id) => clearInterval(id), stutter)
  await expect.poll(share, PATIENCE).toBeGreaterThan(40)
  expect(faults).toEqual([])
  await context.close()
})

for (const [path, what] of [
  ['/wrong', 'not an address'],
  ['/checksum', 'checksum'],
] as const) {
  test(`an address to pay to that is wrong (${what}) shows no badge and an error for the site's owner`, async ({
    browser,
  }) => {
    const { context, page, touched } = await makeVisitor(browser)
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await page.goto(`${host.url}${path}`)
    await expect.poll(() => errors.join('\n')).toContain('no badge')
    expect(errors.join('\n')).toContain(what)
    await expect(page.locator(FRAMES).filter({ visible: true })).toHaveCount(0)
    await expect(page.getByRole('heading')).toBeVisible()
    expect(touched).toEqual([])
    await context.close()
  })
}
