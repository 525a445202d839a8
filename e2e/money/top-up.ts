import { expect, test } from '@playwright/test'
import { readJob } from '../../src/chain/escrow/read-escrow.ts'
import { fillIn, publishFilled, squareKernel, squareManifest } from '../support/network/job.ts'
import {
  checkMoney,
  joinIn,
  leave,
  readMoney,
  readVerified,
  untilPhase,
} from '../support/network/job-page.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { startNetwork } from '../support/network/process.ts'
import { makeVisitor, PATIENCE, readShown } from '../support/network/visitor.ts'

// A publisher that lays down less than the whole price, and adds to it.
test.describe.configure({ timeout: 180_000 })

let network: NetworkProcess

test.beforeAll(async () => {
  network = await startNetwork({ hasSamples: false })
})
test.afterAll(() => network?.stop())

test('a job begun with less than its price stops when that is used up, and a top-up takes it to its end', async ({
  browser,
}) => {
  const publisher = await makeVisitor(browser)
  const { page } = publisher
  const price = 10n ** 15n
  const units = 12
  await page.goto(`${network.url}/#/publish`)
  await fillIn(page, squareManifest({ name: 'In parts', units, spin: 1_000, priceWei: `${price}` }), {
    name: 'square.wasm',
    bytes: squareKernel,
  })
  for (const [typed, words] of [
    ['0.001', '0.002 (one unit) to 0.036 (the whole job)'],
    ['0.037', '0.002 (one unit) to 0.036 (the whole job)'],
    ['some', 'such as 0.001'],
  ] as const) {
    await page.getByTestId('publish-budget').fill(typed)
    await expect(page.getByTestId('field-error')).toContainText(words)
    await expect(page.getByTestId('publish')).toBeDisabled()
  }
  await page.getByTestId('publish-budget').fill('0.008')
  expect(await readShown(page, 'cost')).toBe(8n * price + (36n * price) / 10n)
  const jobId = await publishFilled(page)
  const providers = [await joinIn(browser, network.url), await joinIn(browser, network.url)]
  await expect(page.getByTestId('job-spent')).toContainText('Add to the budget', PATIENCE)
  expect(await readVerified(page)).toBeGreaterThanOrEqual(4)
  expect(await readVerified(page)).toBeLessThan(units)
  expect(await readMoney(page)).toMatchObject({ deposited: 11_600_000_000_000_000n, returned: 0n })

  await page.getByTestId('top-up').click()
  await expect(page.getByTestId('top-up-amount')).toHaveValue('0.028')
  const error = page.getByTestId('field-error')
  for (const [typed, words] of [
    ['much', 'Enter a number of coins'],
    ['0', 'more than nothing'],
    ['99999', 'The account holds'],
    ['309485010', '88 bits'],
  ] as const) {
    await page.getByTestId('top-up-amount').fill(typed)
    await page.getByTestId('top-up-go').click()
    await expect(error).toContainText(words)
    await expect(error).toHaveAttribute('data-path', 'amount')
  }
  expect((await readJob(network.chain, jobId))?.budget).toBe(8n * price)
  await page.getByTestId('top-up-amount').fill('0.017')
  await page.getByTestId('top-up-go').click()
  await expect(page.getByTestId('top-up-amount')).toBeHidden(PATIENCE)
  expect((await readJob(network.chain, jobId))?.budget).toBe(25n * price)
  await untilPhase(page, 'closed')
  expect(await readVerified(page)).toBe(units)
  await checkMoney(page, network.chain, jobId)

  const payment = page.getByTestId('payment').first()
  await payment.locator('summary').focus()
  await page.keyboard.press('Enter')
  await expect(payment.getByTestId('payment-units')).toHaveText(/^\d[\d, –]*$/)
  await expect(payment.getByTestId('payment-hash')).toHaveText(/^0x[0-9a-f]{64}$/)
  await page.getByRole('link', { name: 'Wallet' }).click()
  await expect(page.getByTestId('wallet-refundable')).toBeVisible(PATIENCE)
  await page.getByTestId('wallet-role').nth(1).check({ force: true })
  expect(await readShown(page, 'jobs-deposited')).toBe(25n * price + (36n * price) / 10n)
  expect(await readShown(page, 'wallet-refundable')).toBe(0n)
  await leave(publisher, ...providers)
})
