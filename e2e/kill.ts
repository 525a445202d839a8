import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { balanceOf } from '../src/chain/chain.ts'
import { readJob } from '../src/chain/escrow/read-escrow.ts'
import type { Job } from '../src/publisher/job.ts'
import { squareDraft } from './support/network/job.ts'
import { readNodeJournal, recomputed, tally } from './support/network/journal.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { COMMAND, dropDataFolder, makeDataFolder, startNetwork } from './support/network/process.ts'
import { stopWithJob } from './support/network/seed-job.ts'
import type { Visitor } from './support/network/visitor.ts'
import {
  begin,
  makeVisitor,
  PATIENCE,
  readAccount,
  readEarned,
  readShown,
  setField,
} from './support/network/visitor.ts'

// The process of the whole network is killed as a crash would, and started again with the same folder and port.
test.describe.configure({ mode: 'serial', timeout: 240_000 })

const UNITS = 400
const LONG = { name: 'A long job', units: UNITS, spin: 10_000_000, priceWei: '1000000000' }
let folder: string
let port: number
let network: NetworkProcess
let job: Job
const visitors: Visitor[] = []

test.beforeAll(async ({ browser }) => {
  folder = await makeDataFolder()
  port = await freePort()
  network = await startNetwork({ folder, port, hasSamples: false })
  job = await stopWithJob(network, squareDraft(LONG))
  network = await startNetwork({ folder, port, hasSamples: false })
  for (let place = 0; place < 2; place += 1) visitors.push(await makeVisitor(browser))
})
test.afterAll(async () => {
  await Promise.all(visitors.map(({ context }) => context.close()))
  await network?.stop()
  await dropDataFolder(folder)
})

test('after kill -9 in the middle of a job it is finished: nothing verified is computed again, nobody is paid twice', async () => {
  const pages = visitors.map(({ page }) => page)
  for (const page of pages) {
    await begin(page, network.url)
    await setField(page, 'throttle', '100')
  }
  const [first] = pages
  if (first === undefined) throw new Error('there is no visitor')
  await expect.poll(() => readProgress(first), PATIENCE).toBeGreaterThan(UNITS / 5)
  await network.kill()
  const before = tally(await readNodeJournal(folder, job.jobId))
  expect(before.decided.size).toBeGreaterThan(UNITS / 5)
  expect(before.decided.size).toBeLessThan(UNITS)
  await expect(first.getByTestId('idle-reason')).not.toBeEmpty(PATIENCE)

  network = await startNetwork({ folder, port, hasSamples: false })
  for (const page of pages)
    await expect(page.getByTestId('relay')).toHaveAttribute('data-kind', 'connected', PATIENCE)
  await expect.poll(async () => (await readJob(network.chain, job.jobId))?.state, PATIENCE).toBe('closed')
  const payees = await Promise.all(pages.map((page) => readAccount(page, 'payee')))
  const balances = await Promise.all(payees.map((payee) => balanceOf(network.chain, payee)))
  const onChain = await readJob(network.chain, job.jobId)
  for (const page of pages) await expect.poll(() => readShown(page, 'promised'), PATIENCE).toBe(0n)
  // What has left "promised" may be on its way for a moment.
  const paid = (): Promise<bigint[]> => Promise.all(pages.map((page) => readShown(page, 'paid')))
  await expect.poll(paid, PATIENCE).toEqual(balances)
  expect(await balanceOf(network.chain, network.network.escrow)).toBe(0n)
  await network.stop()

  const records = await readNodeJournal(folder, job.jobId)
  const after = tally(records)
  expect(recomputed(before, records)).toEqual([])
  expect(after.decided.size).toBe(UNITS)
  const earned = payees.map((payee) => BigInt(after.accepted.get(payee) ?? 0) * job.price)
  expect(balances).toEqual(earned)
  const { budget, bond } = job.opening
  expect(onChain).toMatchObject({ budget, bond, repaid: 0n })
  expect(onChain?.committed).toBe(earned.reduce((sum, amount) => sum + amount, 0n))
  expect(records.at(-1)).toMatchObject({
    kind: 'closed',
    refund: budget - (onChain?.committed ?? 0n),
    bond,
  })
})

test('promises of a chain that was started afresh are shown as void', async () => {
  const [visitor] = visitors
  if (visitor === undefined) throw new Error('there is no visitor')
  const { page } = visitor
  network = await startNetwork({ folder, port })
  await expect(page.locator('[data-testid=job-row][data-kind=working]')).not.toHaveCount(0, PATIENCE)
  const paid = await readShown(page, 'paid')
  await expect.poll(() => readShown(page, 'promised'), PATIENCE).toBeGreaterThan(0n)
  await expect(page.getByTestId('voided')).toBeHidden()
  await network.kill()
  network = await startNetwork({ folder, port, isFresh: true })
  await page.reload()
  await page.getByTestId('start').click()
  await page.getByTestId('agree').click()
  await expect(page.getByTestId('voided')).toBeVisible(PATIENCE)
  expect(await readShown(page, 'voided')).toBeGreaterThan(0n)
  expect(await readShown(page, 'paid')).toBeLessThan(paid)
  await expect.poll(() => readEarned(page), PATIENCE).toBeGreaterThan(0n)
})

async function readProgress(page: Page): Promise<number> {
  return Number.parseInt((await page.getByTestId('job-progress').textContent({ timeout: 30_000 })) ?? '', 10)
}

/** A port below those that systems give out by themselves: nobody else takes it while the network is down. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const tried = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer()
      .once('error', () => resolve(freePort()))
      .listen(tried, '127.0.0.1', () => server.close(() => resolve(tried)))
  })
}

for (const line of ['Starting a network', 'Deploying the escrow contract'])
  test(`Ctrl-C after "${line}" ends the start without an error`, async () => {
    const own = await makeDataFolder()
    const child = spawn(process.execPath, [COMMAND, 'up', '--port', '0', '--data', own])
    let [said, errors] = ['', '']
    child.stderr.on('data', (data) => {
      errors += data
    })
    child.stdout.on('data', (data) => {
      if (!said.includes(line) && `${said}${data}`.includes(line)) child.kill('SIGINT')
      said += data
    })
    const [code] = await once(child, 'close')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    await dropDataFolder(own)
  })
