import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { askFaucet } from '../../src/chain/ask-faucet.ts'
import { balanceOf } from '../../src/chain/chain.ts'
import { send } from '../../src/chain/transaction/send.ts'
import { accountOf, makeKey } from '../../src/protocol/account.ts'
import { readAddress, showAddress } from '../../src/protocol/address.ts'
import { squareDraft } from '../support/network/job.ts'
import type { OddPublisher } from '../support/network/odd-publisher.ts'
import { startOddPublisher } from '../support/network/odd-publisher.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { startNetwork } from '../support/network/process.ts'
import {
  begin,
  makeVisitor,
  PATIENCE,
  readAccount,
  readCount,
  readShown,
} from '../support/network/visitor.ts'

// A publisher whose settler leaves every claim to the payees, and visitors who have no wallet and no gas.
test.describe.configure({ timeout: 240_000 })

let network: NetworkProcess
let publisher: OddPublisher

test.beforeAll(async () => {
  network = await startNetwork({ hasSamples: false })
  publisher = await startOddPublisher(network, { claims: 'none' })
})
test.afterAll(async () => {
  await publisher?.stop()
  await network?.stop()
})

const JOB = { name: 'Squares', units: 400, spin: 100_000, priceWei: '1000000000000' }

test('a visitor without wallet and gas names an address, and exactly what was earned arrives there', async ({
  browser,
}) => {
  const { context, page, faults } = await makeVisitor(browser)
  const account = await earn(page)
  const sum = await readShown(page, 'claimable')
  expect(await balanceOf(network.chain, account)).toBe(0n)
  await openWallet(page)
  await expect.poll(() => readShown(page, 'cash-out-amount'), PATIENCE).toBe(sum)
  expect(await readShown(page, 'cash-out-fee')).toBe(0n)

  await page.getByTestId('cash-out-to').fill('0x12')
  await page.getByTestId('cash-out-go').click()
  await expect(page.getByTestId('field-error')).toContainText('An address is 0x and 40')

  const to = accountOf(makeKey())
  await page.getByTestId('cash-out-to').fill(showAddress(to))
  await page.getByTestId('cash-out-go').click()
  await expect(page.getByTestId('cash-out-done')).toBeVisible(PATIENCE)
  expect(await readShown(page, 'cash-out-done')).toBe(sum)
  await expect(page.getByTestId('cash-out-hash')).toHaveText(/0x[0-9a-f]{64}/)
  expect(await balanceOf(network.chain, to)).toBe(sum)
  expect(await balanceOf(network.chain, account)).toBe(0n)
  await expect.poll(() => readShown(page, 'wallet-paid'), PATIENCE).toBe(sum)
  await expect(page.getByTestId('cash-out-sent')).toHaveCount(0, PATIENCE)
  await expect(page.getByTestId('cash-out-go')).toBeHidden(PATIENCE)
  expect(faults).toEqual([])
  await context.close()
})

test('an exported claim is a transaction that anybody can send: it pays the account of the tab', async ({
  browser,
}) => {
  const { context, page } = await makeVisitor(browser)
  const account = await earn(page)
  const sum = await readShown(page, 'claimable')
  await openWallet(page)
  await page.getByTestId('claim-more').click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('claim-export').click(),
  ])
  const claim = JSON.parse(await readFile(await download.path(), 'utf8'))
  expect(claim).toMatchObject({ chainId: network.network.chainId, to: network.network.escrow, value: '0x0' })
  const anybody = makeKey()
  await askFaucet(network.chain, accountOf(anybody), `${network.url}/faucet`)
  await send(network.chain, anybody, { action: 'claim', to: readAddress(claim.to, 'to'), data: claim.data })
  expect(await balanceOf(network.chain, account)).toBe(sum)
  await expect.poll(() => readShown(page, 'wallet-paid'), PATIENCE).toBe(sum)
  await context.close()
})

/** Has a visitor earn something, and waits until all of it can be cashed out. Gives its account. */
async function earn(page: Page) {
  const jobId = await publisher.engine.publish(squareDraft(JOB))
  await begin(page, network.url)
  await expect.poll(() => readCount(page, 'accepted'), PATIENCE).toBeGreaterThan(0)
  await expect.poll(() => readShown(page, 'claimable'), PATIENCE).toBeGreaterThan(0n)
  await page.getByTestId('pause').click()
  await publisher.engine.cancel(jobId)
  await expect.poll(() => readShown(page, 'promised'), PATIENCE).toBe(0n)
  return readAccount(page, 'account')
}

async function openWallet(page: Page): Promise<void> {
  await page.goto(`${network.url}/#/wallet`)
  await expect(page.getByTestId('cash-out-go')).toBeVisible(PATIENCE)
}
