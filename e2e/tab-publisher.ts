import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { balanceOf } from '../src/chain/chain.ts'
import type { PublishedJob } from '../src/publisher/state.ts'
import { draftOf, uploadOf } from '../src/ui/publish/upload.ts'
import type { SquareJob } from './support/network/job.ts'
import { fillIn, publishSquares, squareKernel, squareManifest, squares } from './support/network/job.ts'
import { cancel, checkMoney, joinIn, leave, readVerified, untilPhase } from './support/network/job-page.ts'
import { readTabJournal, recomputed, tally } from './support/network/journal.ts'
import { startOddPublisher } from './support/network/odd-publisher.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { startNetwork } from './support/network/process.ts'
import {
  makeVisitor,
  PATIENCE,
  readAccount,
  readCount,
  readShown,
  setField,
} from './support/network/visitor.ts'

// A network without jobs: a tab publishes one, and tabs of other profiles compute it. Each story has its own publisher.
let network: NetworkProcess

test.describe.configure({ timeout: 180_000 })

test.beforeAll(async () => {
  network = await startNetwork({ hasSamples: false })
})
test.afterAll(() => network?.stop())

const PRICE = '1000000000'
const LONG: SquareJob = { name: 'A long job', units: 400, spin: 10_000_000, priceWei: PRICE }

test('a job published from a tab is computed over WebRTC, verified, paid to the wei and downloaded', async ({
  browser,
}) => {
  const providers = [await joinIn(browser, network.url), await joinIn(browser, network.url)]
  for (const provider of providers)
    await expect(provider.page.getByTestId('idle-reason')).toHaveAttribute('data-code', 'no-jobs', PATIENCE)
  const publisher = await makeVisitor(browser)
  const { page } = publisher
  const held = await balanceOf(network.chain, network.network.escrow)
  const units = 300
  const job = { name: 'Squares', units, spin: 5_000_000, priceWei: PRICE }
  const jobId = await publishSquares(page, network.url, job)
  const connected = page.locator('[data-testid=providers] td[data-path=webrtc]')
  await expect(connected).toHaveCount(2, PATIENCE)
  await expect(connected.first()).toHaveText('WebRTC')
  for (const provider of providers)
    await expect(provider.page.getByTestId('path')).toHaveAttribute('data-kind', 'webrtc', PATIENCE)
  await untilPhase(page, 'closed')

  const accounts = await Promise.all(providers.map((provider) => readAccount(provider.page, 'account')))
  await expect(page.getByTestId('count-paid')).toHaveText(String(units))
  await setField(page, 'unit-pick', '7')
  const detail = page.getByTestId('unit-detail')
  await expect(detail).toHaveAttribute('data-unit', '7')
  const accepted = detail.locator('tr[data-verdict=accepted]')
  expect(await accepted.count()).toBeGreaterThanOrEqual(2)
  const who = await accepted
    .locator('td:nth-child(2) [data-address]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-address')))
  expect(who.filter((account) => accounts.some((known) => known === account)).length).toBeGreaterThan(0)

  await checkMoney(page, network.chain, jobId)
  expect(await balanceOf(network.chain, network.network.escrow)).toBe(held)
  const journal = tally(await readTabJournal(page, jobId))
  expect(journal.decided.size).toBe(units)
  for (const account of accounts)
    expect(await balanceOf(network.chain, account)).toBe(
      BigInt(journal.accepted.get(account) ?? 0) * BigInt(PRICE),
    )

  const file = await download(page, 'download')
  const note = await download(page, 'download-digest')
  const sha256 = createHash('sha256').update(file.bytes).digest('hex')
  expect(file.bytes).toEqual(squares(units))
  expect(note.bytes.toString()).toBe(`${sha256}  ${file.name}\n`)
  expect(note.name).toBe(`${file.name}.sha256`)
  await expect(page.getByTestId('digest')).toHaveAttribute('data-digest', sha256)
  await leave(publisher, ...providers)
})

test('a paused provider hands its leases back at once, and so does one that closes', async ({ browser }) => {
  const publisher = await makeVisitor(browser)
  const { page } = publisher
  await publishSquares(page, network.url, { ...LONG, units: 20_000 })
  const provider = await joinIn(browser, network.url)
  await expect.poll(() => readCount(page, 'count-leased'), PATIENCE).toBeGreaterThan(0)
  await provider.page.getByTestId('pause').click()
  const soon = { timeout: 8_000 } // leases run for 15 s at least
  await expect.poll(() => readCount(page, 'count-leased'), soon).toBe(0)
  await provider.page.getByTestId('resume').click()
  await expect.poll(() => readCount(page, 'count-leased'), PATIENCE).toBeGreaterThan(0)
  await provider.page.close({ runBeforeUnload: true })
  await expect.poll(() => readCount(page, 'count-leased'), soon).toBe(0)
  await cancel(page)
  await leave(publisher, provider)
})

test('a job that is cancelled pays what is verified and gives the rest back', async ({ browser }) => {
  const publisher = await makeVisitor(browser)
  const { page } = publisher
  const jobId = await publishSquares(page, network.url, { ...LONG, units: 20_000 })
  const provider = await joinIn(browser, network.url)
  await expect.poll(() => readCount(page, 'count-accepted'), PATIENCE).toBeGreaterThan(0)
  await cancel(page)
  await untilPhase(page, 'closed')
  await checkMoney(page, network.chain, jobId)
  const claimed = await readShown(page, 'claimed')
  expect(claimed).toBeGreaterThan(0n)
  expect(claimed).toBeLessThan((await readShown(page, 'budget')) / 2n)
  expect(await balanceOf(network.chain, await readAccount(provider.page, 'payee'))).toBe(claimed)
  await leave(publisher, provider)
})

test('a wrong manifest is told by field, and cannot be published', async ({ browser }) => {
  const publisher = await makeVisitor(browser)
  const { page } = publisher
  await page.goto(`${network.url}/#/publish`)
  const file = { name: 'square.wasm', bytes: squareKernel }
  const wrong: readonly (readonly [string, string])[] = [
    ['{ "weft": 1, }', ''],
    [squareManifest(LONG, { price: { replica: '-1' } }), 'price.replica'],
    [squareManifest(LONG, { colour: 'red' }), 'colour'],
    [squareManifest(LONG, { units: { kind: 'range', name: 'i', from: 5, to: 1 } }), 'units'],
    [squareManifest(LONG, { units: { kind: 'stream' } }), 'units'],
    [squareManifest(LONG, { outputs: [{ name: 'out', type: 'u33', bytes: 4 }] }), 'outputs[0].type'],
  ]
  for (const [manifest, path] of wrong) {
    await fillIn(page, manifest, file)
    const problem = page.getByTestId('problem')
    await expect(problem).toBeVisible()
    expect(await problem.getAttribute('data-path')).toContain(path)
    await expect(problem).toContainText(path)
    await expect(page.getByTestId('publish')).toBeDisabled()
  }
  await fillIn(page, squareManifest(LONG), file)
  await expect(page.getByTestId('problem')).toBeHidden()
  await expect(page.getByTestId('publish')).toBeEnabled()
  await leave(publisher)
})

test('a kernel that does not compile, published all the same, is told on both sides, costs nothing and harms no other job', async ({
  browser,
}) => {
  const odd = await startOddPublisher(network, { isBlind: true })
  const manifest = squareManifest({ ...LONG, name: 'Broken' })
  const jobId = await odd.engine.publish(draftOf(manifest, [uploadOf('bad.wasm', squareKernel.slice(0, 60))]))
  const good = await makeVisitor(browser)
  await publishSquares(good.page, network.url, { ...LONG, name: 'Good', units: 40 })
  const provider = await joinIn(browser, network.url)
  const row = provider.page.locator(`[data-testid=job-row][data-job="${jobId}"]`)
  await expect(row).toHaveAttribute('data-kind', 'unsuitable', PATIENCE)
  await expect(row).toContainText(/compile|module|section|ends/i)
  await untilPhase(good.page, 'closed')
  const job = (): PublishedJob | undefined => odd.engine.show().jobs.find((entry) => entry.jobId === jobId)
  await expect.poll(() => Object.values(job()?.failures ?? {}).length, PATIENCE).toBeGreaterThan(0)
  await odd.engine.cancel(jobId)
  await odd.engine.over(jobId)
  expect(job()).toMatchObject({
    phase: 'closed',
    claimed: 0n,
    refunded: job()?.budget,
    bondReturned: job()?.bond,
  })
  await odd.stop()
  await leave(good, provider)
})

test('a publisher tab that closes in the middle goes on when it opens again: nothing twice', async ({
  browser,
}) => {
  const providers = [await joinIn(browser, network.url), await joinIn(browser, network.url)]
  const publisher = await makeVisitor(browser)
  const jobId = await publishSquares(publisher.page, network.url, LONG)
  await expect.poll(() => readVerified(publisher.page), PATIENCE).toBeGreaterThan(LONG.units / 5)
  await publisher.page.close()

  const page = await publisher.context.newPage()
  await page.goto(`${network.url}/healthz`) // the same origin, without the app
  const before = tally(await readTabJournal(page, jobId))
  expect(before.decided.size).toBeGreaterThan(LONG.units / 5)
  expect(before.decided.size).toBeLessThan(LONG.units)
  await page.goto(`${network.url}/#/jobs/${jobId}`)
  await expect.poll(() => readVerified(page), PATIENCE).toBeGreaterThanOrEqual(before.decided.size)
  await untilPhase(page, 'closed')

  const records = await readTabJournal(page, jobId)
  const after = tally(records)
  expect(recomputed(before, records)).toEqual([])
  expect(after.decided.size).toBe(LONG.units)
  await checkMoney(page, network.chain, jobId)
  for (const provider of providers) {
    const account = await readAccount(provider.page, 'payee')
    const earned = BigInt(after.accepted.get(account) ?? 0) * BigInt(PRICE)
    expect(await balanceOf(network.chain, account)).toBe(earned)
  }
  await leave(publisher, ...providers)
})

async function download(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [event] = await Promise.all([page.waitForEvent('download'), page.getByTestId(button).click()])
  return { name: event.suggestedFilename(), bytes: await readFile(await event.path()) }
}
