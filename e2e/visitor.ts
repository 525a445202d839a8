import { expect, test } from '@playwright/test'
import { balanceOf } from '../src/chain/chain.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { startNetwork } from './support/network/process.ts'
import type { Visitor } from './support/network/visitor.ts'
import {
  begin,
  makeVisitor,
  PATIENCE,
  readAccount,
  readCount,
  readEarned,
  readShown,
  setField,
} from './support/network/visitor.ts'

// A visitor alone on a fresh network with its sample jobs. The stories go on where the one before ended.
test.describe.configure({ mode: 'serial', timeout: 180_000 })

let network: NetworkProcess
let visitor: Visitor

test.beforeAll(async ({ browser }) => {
  network = await startNetwork()
  visitor = await makeVisitor(browser)
})
test.afterAll(async () => {
  await visitor?.context.close()
  await network?.stop()
})

test('before Agree the page connects to nobody, starts nothing and keeps nothing; Decline leaves no trace', async ({
  browser,
}) => {
  const { context, page, touched, faults } = await makeVisitor(browser)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(network.url)
  await page.getByTestId('start').click()
  await expect(page.getByTestId('agree')).toBeVisible()
  await page.getByTestId('decline').click()
  await expect(page.getByTestId('agree')).toBeHidden()
  await page.waitForLoadState('networkidle')
  expect(touched).toEqual([])
  expect(page.workers()).toEqual([])
  expect(asked.filter((path) => path !== '/' && !/^\/assets\//.test(path))).toEqual([])
  expect(await page.evaluate(() => indexedDB.databases())).toEqual([])
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
  expect(await context.cookies()).toEqual([])
  expect(faults).toEqual([])
  await context.close()
})

test('two clicks later a lone visitor is promised money, and it arrives on chain at the address shown', async () => {
  const { page, faults, touched } = visitor
  await begin(page, network.url)
  expect(touched).toEqual(
    expect.arrayContaining(['WebSocket', 'Worker', 'IDBFactory.open', 'Storage.setItem']),
  )
  await expect.poll(() => readEarned(page), PATIENCE).toBeGreaterThan(0n)
  await expect(page.getByTestId('own-opinion-note')).toBeVisible(PATIENCE)
  const payee = await readAccount(page, 'payee')
  expect(payee).toBe(await readAccount(page, 'account'))
  await expect.poll(() => readShown(page, 'paid'), PATIENCE).toBeGreaterThan(0n)
  // Paused, so that the money comes to rest and the page and the chain can be compared.
  await page.getByTestId('pause').click()
  const isTrue = async (): Promise<boolean> =>
    (await readShown(page, 'promised')) === 0n &&
    (await readShown(page, 'claimable')) === 0n &&
    (await readShown(page, 'paid')) === (await balanceOf(network.chain, payee))
  await expect.poll(isTrue, PATIENCE).toBe(true)
  await page.getByTestId('resume').click()
  const price = await readShown(page, 'price')
  expect((await readShown(page, 'paid')) % price).toBe(0n)
  expect(faults).toEqual([])
})

test('every amount on the page is labelled as test money', async () => {
  const amounts = visitor.page.locator('[data-wei]')
  expect(await amounts.count()).toBeGreaterThan(3)
  const bare = await amounts.evaluateAll((all) =>
    all.filter((amount) => amount.querySelector('[data-testid="test-money"]') === null).map(String),
  )
  expect(bare).toEqual([])
})

test('pause ends the work and says so, resume takes it up again', async () => {
  const { page } = visitor
  await page.getByTestId('pause').click()
  await expect(page.getByTestId('idle-reason')).toHaveAttribute('data-code', 'paused')
  await expect(page.getByTestId('idle-reason')).not.toBeEmpty()
  const delivered = await readCount(page, 'delivered')
  await page.waitForTimeout(2_000)
  expect(await readCount(page, 'delivered')).toBe(delivered)
  await page.getByTestId('resume').click()
  await expect.poll(() => readCount(page, 'delivered'), PATIENCE).toBeGreaterThan(delivered)
})

// How long a worker rests at a given share is a unit test's matter (governor.test.ts): rates say nothing on a busy machine.
test('the throttle is taken at once, and the work goes on at it', async () => {
  const { page } = visitor
  for (const percent of ['100', '10']) {
    await setField(page, 'throttle', percent)
    await expect(page.getByText(`${percent} %`).first()).toBeVisible()
    const before = await readCount(page, 'delivered')
    await expect.poll(() => readCount(page, 'delivered'), PATIENCE).toBeGreaterThan(before)
  }
})

test('a lowest price above what is paid ends the work and is named as the reason', async () => {
  const { page } = visitor
  const reason = page.getByTestId('idle-reason')
  await setField(page, 'min-price', '1')
  await expect(reason).toHaveAttribute('data-code', 'none-suits', PATIENCE)
  await expect(reason).toContainText('the price is below your minimum')
  await setField(page, 'min-price', 'much')
  await expect(page.getByTestId('field-error')).toBeVisible()
  await setField(page, 'min-price', '0')
  await expect(page.getByTestId('job-row').and(page.locator('[data-kind=working]')).first()).toBeVisible(
    PATIENCE,
  )
})

test('a job or a publisher that the visitor skips is left, and taken again when asked', async () => {
  const { page } = visitor
  const working = page.locator('[data-testid=job-row][data-kind=working]')
  await expect(working).not.toHaveCount(0, PATIENCE)
  const job = await working.first().getAttribute('data-job')
  const row = page.locator(`[data-testid=job-row][data-job="${job}"]`)
  await row.getByTestId('skip-job').click()
  await expect(row).toHaveAttribute('data-kind', 'skipped', PATIENCE)
  await row.getByTestId('skip-job').click()
  await expect(row).not.toHaveAttribute('data-kind', 'skipped', PATIENCE)
  await row.getByTestId('skip-publisher').click()
  await expect(working).toHaveCount(0, PATIENCE)
  await expect(page.getByTestId('idle-reason')).toHaveAttribute('data-code', 'none-suits', PATIENCE)
  await row.getByTestId('skip-publisher').click()
  await expect(working).not.toHaveCount(0, PATIENCE)
})

test('the history, the money, the settings and the pause outlive a reload', async () => {
  const { page } = visitor
  await setField(page, 'throttle', '65')
  await setField(page, 'min-price', '0.0000000000001')
  await page.getByTestId('history').locator('summary').click()
  await expect(page.locator('[data-testid=history-row][data-kind=accepted]').first()).toBeVisible(PATIENCE)
  await page.getByTestId('pause').click()
  const oldest = page.locator('[data-testid=history-row][data-kind=accepted]').last()
  const [account, earned, line] = [
    await readAccount(page, 'account'),
    await readEarned(page),
    await oldest.locator('td').first().textContent(),
  ]
  expect(line).not.toBe('')

  await page.reload()
  await page.getByTestId('start').click()
  await expect(page.getByTestId('throttle')).toHaveValue('65')
  await page.getByTestId('agree').click()
  await expect(page.getByTestId('account')).toBeVisible(PATIENCE)
  expect(await readAccount(page, 'account')).toBe(account)
  await expect(page.getByTestId('throttle')).toHaveValue('65')
  await page.getByTestId('resume').click()
  await expect(page.getByTestId('min-price')).toHaveValue('0.0000000000001')
  await expect.poll(() => readEarned(page), PATIENCE).toBeGreaterThanOrEqual(earned)
  await expect.poll(() => readCount(page, 'accepted'), PATIENCE).toBeGreaterThan(0)
  await page.getByTestId('history').locator('summary').click()
  const same = page.getByTestId('history-row').filter({ hasText: line ?? '?' })
  const older = page.getByRole('button', { name: 'Show older entries' })
  await expect(async () => {
    if (await older.isVisible()) await older.click()
    await expect(same).not.toHaveCount(0, { timeout: 1_000 })
  }).toPass(PATIENCE)
})

test('the key can be shown after a warning, and another browser that takes it has the account', async ({
  browser,
}) => {
  const { page } = visitor
  await page.getByTestId('key-export').click()
  await expect(page.getByTestId('key-text')).toBeHidden()
  await page.getByTestId('key-export-go').click()
  const key = await page.getByTestId('key-text').inputValue()
  const account = await readAccount(page, 'account')
  await page.getByTestId('stop').click()

  const other = await makeVisitor(browser)
  await begin(other.page, network.url)
  expect(await readAccount(other.page, 'account')).not.toBe(account)
  await other.page.getByTestId('key-import').click()
  await other.page.getByTestId('key-field').fill('not a key')
  await other.page.getByTestId('key-import-go').click()
  await expect(other.page.getByRole('alert')).toContainText('64 hexadecimal digits')
  await other.page.getByTestId('key-field').fill(key)
  await other.page.getByTestId('key-import-go').click()
  await expect.poll(() => readAccount(other.page, 'account'), PATIENCE).toBe(account)
  expect(await readAccount(other.page, 'payee')).toBe(account)
  await expect.poll(() => readCount(other.page, 'accepted'), PATIENCE).toBeGreaterThan(0)
  await other.context.close()
})
