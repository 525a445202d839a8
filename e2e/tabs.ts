import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { balanceOf } from '../src/chain/chain.ts'
import { squareDraft } from './support/network/job.ts'
import { readNodeJournal, tally } from './support/network/journal.ts'
import type { NodePublisher } from './support/network/node-publisher.ts'
import { startPublisher } from './support/network/node-publisher.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { startNetwork } from './support/network/process.ts'
import { begin, makeVisitor, PATIENCE, readAccount, readCount, setField } from './support/network/visitor.ts'

// Tabs that share a profile, and tabs that close; the publisher runs here, so that what it knows can be asked.
test.describe.configure({ timeout: 180_000 })

let network: NetworkProcess
let publisher: NodePublisher

test.beforeAll(async () => {
  network = await startNetwork({ hasSamples: false })
  publisher = await startPublisher(network)
})
test.afterAll(async () => {
  await publisher?.stop()
  await network?.stop()
})

const JOB = { name: 'Squares', units: 20_000, spin: 10_000_000, priceWei: '1000000000' }

test('of two tabs of one browser one works, the other shows it and takes over when the first closes', async ({
  browser,
}) => {
  const jobId = await publisher.engine.publish(squareDraft(JOB))
  const { context, page } = await makeVisitor(browser)
  await begin(page, network.url)
  await setField(page, 'throttle', '100')
  await expect.poll(() => readCount(page, 'accepted'), PATIENCE).toBeGreaterThan(0)
  await expect(page.getByTestId('role-note')).toBeHidden()

  const second = await context.newPage()
  await begin(second, network.url)
  await expect(second.getByTestId('role-note')).toContainText('Another tab', PATIENCE)
  const account = await readAccount(page, 'account')
  await expect.poll(() => readAccount(second, 'account')).toBe(account)
  const seen = await readCount(second, 'delivered')
  await expect.poll(() => readCount(second, 'delivered'), PATIENCE).toBeGreaterThan(seen)
  expect(publisher.job(jobId).providers).toHaveLength(1)

  await page.close()
  await expect(second.getByTestId('role-note')).toBeHidden(PATIENCE)
  await untilWorks(second)
  expect(await readAccount(second, 'account')).toBe(account)
  expect(publisher.job(jobId).providers).toHaveLength(1)

  await publisher.engine.cancel(jobId)
  await expect.poll(() => publisher.job(jobId).phase, PATIENCE).toBe('closed')
  const records = await readNodeJournal(publisher.folder, jobId)
  const own = records.flatMap((record) =>
    record.kind === 'results' && !record.isOwn ? record.results.units : [],
  )
  expect(new Set(own).size).toBe(own.length)
  const accepted = tally(records).accepted.get(account) ?? 0
  expect(await balanceOf(network.chain, account)).toBe(BigInt(accepted) * BigInt(JOB.priceWei))
  await context.close()
})

test('a tab that closes says goodbye: its leases are free at once and go to the next visitor', async ({
  browser,
}) => {
  const jobId = await publisher.engine.publish(squareDraft(JOB))
  const first = await makeVisitor(browser)
  await begin(first.page, network.url)
  await expect.poll(() => publisher.job(jobId).counts.leased, PATIENCE).toBeGreaterThan(0)
  await first.page.close()
  await expect.poll(() => publisher.job(jobId).counts.leased, { timeout: 5_000 }).toBe(0)
  const [gone] = publisher.job(jobId).providers
  expect(gone?.path).toBeUndefined()
  const next = await makeVisitor(browser)
  await begin(next.page, network.url)
  await untilWorks(next.page)
  await publisher.engine.cancel(jobId)
  await first.context.close()
  await next.context.close()
})

/** Waits until a page delivers results: a page that takes over counts on from what it showed, or anew. */
async function untilWorks(page: Page): Promise<void> {
  await expect(page.getByTestId('working')).toBeVisible(PATIENCE)
  const before = await readCount(page, 'delivered')
  await expect.poll(() => readCount(page, 'delivered'), PATIENCE).toBeGreaterThan(before)
}
