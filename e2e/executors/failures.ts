import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { balanceOf } from '../../src/chain/chain.ts'
import { readJob } from '../../src/chain/escrow/read-escrow.ts'
import type { Hex } from '../../src/protocol/bytes.ts'
import { busyShader, killGpu, launchGpuBrowser } from '../support/gpu-browser.ts'
import { checkPage } from '../support/network/check-page.ts'
import { exitProgram, moodyKernel } from '../support/network/failing.ts'
import type { Fields } from '../support/network/job.ts'
import { fillIn, publishFilled, squareKernel, squareManifest } from '../support/network/job.ts'
import { cancel, joinIn, leave, readMoney, readVerified, untilPhase } from '../support/network/job-page.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { COMMAND, startNetwork } from '../support/network/process.ts'
import type { Visitor } from '../support/network/visitor.ts'
import { makeVisitor, PATIENCE, readAccount, readShown } from '../support/network/visitor.ts'

// Kernels that fail, each in its own way, from the publisher's page to the pages of those who ran them.
test.describe.configure({ mode: 'serial', timeout: 180_000 })

const PRICE = '1000000000000000'
const GIVEN_UP = 'It is given up when it fails in the same way for three'
let network: NetworkProcess
let publisher: Visitor
let providers: Visitor[]

test.beforeAll(async ({ browser }) => {
  network = await startNetwork({ hasSamples: false })
  publisher = await makeVisitor(browser)
  providers = await Promise.all([1, 2, 3].map(() => joinIn(browser, network.url)))
})
test.afterAll(async () => {
  await leave(publisher, ...providers)
  await network?.stop()
})

const range = (from: number, to: number): Fields => ({ units: { kind: 'range', name: 'i', from, to } })
const wasm = (abi: string): Fields => ({
  programs: [{ kind: 'wasm', wasm: { abi, memoryPages: 4, stdin: [{ u32: ['$i'] }] } }],
  params: [],
})
const exits = { ...wasm('wasi-preview1'), ...range(0, 3) }

const shaderJob = (dispatch: readonly number[]): Fields => {
  const passes = [{ entry: 'main', bindings: [['out']], dispatch }]
  return { programs: [{ kind: 'wgsl', buffers: [{ name: 'out', bytes: 4 }], passes }], params: [] }
}
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Publishes a job from the publisher's page. Gives its id; its own page shows. */
async function publish(name: string, code: Uint8Array, fields: Fields, kind = 'wasm'): Promise<Hex> {
  const { page } = publisher
  await page.goto(`${network.url}/#/publish`)
  await expect(page.getByTestId('publish')).toBeVisible(PATIENCE)
  const manifest = squareManifest({ name, units: 12, spin: 1_000, priceWei: PRICE }, fields)
  await fillIn(page, manifest, { name: `kernel.${kind}`, bytes: code })
  return await publishFilled(page)
}

async function open(jobId: Hex): Promise<Page> {
  await publisher.page.goto(`${network.url}/#/jobs/${jobId}`)
  return publisher.page
}

function countAll(failures: Awaited<ReturnType<typeof readFailures>>): number {
  return Object.values(failures).reduce((sum, { count }) => sum + count, 0)
}

/** The failures on the page of a job, by state, with what is said of them. */
async function readFailures(page: Page): Promise<Record<string, { count: number; text: string }>> {
  const rows = await page
    .getByTestId('failure')
    .evaluateAll((all) =>
      all.map((row) => [row.getAttribute('data-code'), row.getAttribute('data-count'), row.textContent]),
    )
  return Object.fromEntries(
    rows.map(([code, count, text]) => [code, { count: Number(count), text: text ?? '' }]),
  )
}

/** The failed units in the history of a visitor, as `job code`, with what is said of them. */
async function readHistory({ page }: Visitor): Promise<{ what: string; text: string }[]> {
  const history = page.getByTestId('history')
  if ((await history.getAttribute('open')) === null) await history.locator('summary').click()
  const failed = history.locator('[data-testid=history-row][data-kind=failed]')
  await expect(failed.first()).toBeVisible(PATIENCE)
  for (const more of await history.getByRole('button', { name: 'Show older entries' }).all())
    await more.click()
  return await failed.evaluateAll((rows) =>
    rows.map((row) => ({
      what: `${row.querySelector('td:nth-child(2)')?.textContent} ${row.getAttribute('data-code')}`,
      text: row.textContent ?? '',
    })),
  )
}

/** Checks that nobody was paid for the closed job on the page, and that everything came back. */
async function checkUnpaid(page: Page, jobId: Hex): Promise<void> {
  const [budget, bond] = [await readShown(page, 'budget'), await readShown(page, 'bond')]
  expect(await readMoney(page)).toMatchObject({
    reserved: 0n,
    spent: 0n,
    refundable: 0n,
    returned: budget + bond,
  })
  expect(await readJob(network.chain, jobId)).toMatchObject({ state: 'closed', committed: 0n })
}

test('every way to fail is told with its count and what follows, on both sides, and units beside it are paid', async () => {
  const limits = { fuel: 5_000_000, outputBytes: 64 }
  const moody = await publish('Moody', moodyKernel, { ...wasm('kernel1'), ...range(0, 9), limits })
  const late = await publish('Late', moodyKernel, {
    ...wasm('kernel1'),
    units: { kind: 'range', name: 'i', from: 3, to: 10, step: 3 },
    limits: { fuel: 1_000_000_000_000, timeMs: 1_000 },
  })
  const page = await open(late)
  await expect.poll(async () => (await readFailures(page)).timeout?.count, PATIENCE).toBe(3)
  await expect.poll(() => readVerified(page), PATIENCE).toBe(1)
  const { timeout, malformed } = await readFailures(page)
  expect(malformed?.text).toContain('output of a wrong size')
  expect(timeout?.text).toContain('took too long')
  expect(timeout?.text).toContain('It is given up when it has failed for six')
  const tried = /Unit 0 fails: timeout on 3 providers and this publisher: .* It waits for another provider/
  await expect(page.getByTestId('job-why')).toContainText(tried, PATIENCE)

  await open(moody)
  await expect.poll(() => readVerified(page), PATIENCE).toBe(5)
  await expect(page.getByTestId('count-disputed')).toHaveText('3', PATIENCE)
  await expect.poll(async () => (await readFailures(page)).memory?.count, PATIENCE).toBe(3)
  const failures = await readFailures(page)
  expect(Object.keys(failures).sort()).toEqual(['fuel', 'memory', 'oversized', 'trap'])
  for (const [code, words, follows] of [
    ['trap', 'the kernel broke off', GIVEN_UP],
    ['fuel', 'used up its instructions', GIVEN_UP],
    ['oversized', 'output too large', GIVEN_UP],
    ['memory', 'out of memory', 'It is given up when it has failed for six'],
  ] as const) {
    expect(failures[code]?.text).toContain(words)
    expect(failures[code]?.text).toContain(follows)
  }
  await expect(page.getByTestId('job-why')).toContainText(/Unit \d fails: \w+ on \d/)
  await expect(page.getByTestId('providers').locator('tbody tr')).toHaveCount(3)
  await page.getByTestId('unit-pick').fill('1')
  await page.getByTestId('unit-pick').blur()
  await expect(page.getByTestId('unit-detail')).toContainText('This unit was given up')
  await checkPage(page, 'a job with failures')

  const told = (await Promise.all(providers.map(readHistory))).flat()
  for (const [code, { count }] of Object.entries(failures)) {
    const rows = told.filter(({ what }) => what === `Moody ${code}`)
    expect(rows, code).toHaveLength(count)
    for (const { text } of rows) expect(text).toContain('Not paid: nothing was delivered')
  }
  expect(told.filter(({ what }) => what === 'Late timeout')).toHaveLength(3)
  expect(told.map(({ text }) => text).join()).toContain('Failed: out of memory')
  const [first] = providers
  if (first !== undefined) await checkPage(first.page, 'a history with failures')

  await page.reload()
  await expect
    .poll(async () => Object.keys(await readFailures(page)).sort(), PATIENCE)
    .toEqual(Object.keys(failures).sort())
  // Of many failures a page that is closed may forget the last eighth.
  expect(countAll(await readFailures(page))).toBeGreaterThanOrEqual((countAll(failures) * 7) / 8)
  await cancel(page)
  await untilPhase(page, 'closed')
  await expect(
    page.getByText('No result can be downloaded: some units were given up or not verified.'),
  ).toBeVisible()
  const claimed = await readShown(page, 'claimed')
  expect(claimed).toBeGreaterThan(0n)
  expect(claimed % BigInt(PRICE)).toBe(0n)
  expect(await readJob(network.chain, moody)).toMatchObject({ state: 'closed', committed: claimed })
  await open(late)
  await cancel(page)
  await untilPhase(page, 'closed')
})

test('a job that fails everywhere ends disputed and unpaid beside an honest one, and a program that no tab can run is told by name', async () => {
  const { page } = publisher
  const held = await Promise.all(
    providers.map(async (each) => balanceOf(network.chain, await readAccount(each.page, 'payee'))),
  )
  const exit = await publish('Exits', exitProgram, exits)
  const graphics = await publish('Graphics', encode(busyShader(16_000_000)), shaderJob([1]), 'wgsl')
  const doomed = await publish('Doomed', exitProgram, { ...exits, ...range(0, 40) })
  const honest = await publish('Honest', squareKernel, range(0, 40))

  await untilPhase(page, 'closed')
  expect(await readVerified(page)).toBe(40)
  expect(await readFailures(page)).toEqual({})
  const claimed = await readShown(page, 'claimed')
  expect(await readJob(network.chain, honest)).toMatchObject({ state: 'closed', committed: claimed })

  await open(exit)
  await untilPhase(page, 'closed')
  await expect(page.getByTestId('disputed')).toHaveText('Disputed units: 3')
  await expect(page.getByTestId('job-why')).toContainText('fails: trap on')
  await expect(page.getByTestId('job-why')).toContainText(
    'the program ended with exit code 3: no table for this unit',
  )
  expect(Object.keys(await readFailures(page))).toEqual(['trap'])
  await checkUnpaid(page, exit)

  const said = 'This job runs on WebGPU only, and this browser offers none'
  await open(graphics)
  await expect.poll(async () => (await readFailures(page)).unsupported?.count, PATIENCE).toBe(3)
  await expect(page.getByTestId('job-why')).toContainText('program does not run on 3 of 3 providers')
  await expect(page.getByTestId('job-why')).toContainText(said)
  expect((await readFailures(page)).unsupported?.text).toContain('That tab takes no more units of this job')
  for (const provider of providers) {
    const row = provider.page.locator(`[data-testid=job-row][data-job="${graphics}"]`)
    await expect(row).toHaveAttribute('data-kind', 'unsuitable', PATIENCE)
    await expect(row).toContainText(said)
  }
  await checkPage(page, 'a job that nobody can run')
  await cancel(page)
  await open(doomed)
  await untilPhase(page, 'closed')
  const stopped =
    /^Stopped: all \d+ units that were tried failed, so the deposit comes back\. Unit \d+ fails: trap on/
  await expect(page.getByTestId('job-why')).toHaveText(stopped)
  const count = Number(await page.getByTestId('count-disputed').textContent())
  expect(count).toBeGreaterThanOrEqual(5)
  expect(count).toBeLessThan(40)
  expect(Object.keys(await readFailures(page))).toContain('trap')
  await page.reload()
  await expect(page.getByTestId('job-why')).toHaveText(stopped, PATIENCE)
  await checkUnpaid(page, doomed)

  const now = await Promise.all(
    providers.map(async (each) => balanceOf(network.chain, await readAccount(each.page, 'payee'))),
  )
  const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
  expect(sum(now) - sum(held)).toBe(claimed)
})

// A GPU that does not answer is in gpu-loss.ts: what could hang it here is refused before it runs.
test('a GPU that goes away is told by name on both sides', async ({ playwright }, { project }) => {
  const browser = await launchGpuBrowser(playwright, project.use.launchOptions)
  try {
    const provider = await joinIn(browser, network.url)
    const { page } = publisher
    const limits = { timeMs: 60_000, loopBound: 2 ** 24 }
    await publish(
      'Lost',
      encode(busyShader(16_000_000)),
      { ...shaderJob([2]), ...range(0, 1), limits },
      'wgsl',
    )
    const told = async (): Promise<string | undefined> => (await readFailures(page))['device-lost']?.text
    await expect(page.getByTestId('count-leased')).toHaveText('1', PATIENCE)
    await expect(async () => {
      await provider.page.waitForTimeout(1_000) // the GPU is at its dispatch by now, unless the machine is busy
      await killGpu(browser)
      await expect.poll(told, { timeout: 20_000 }).toContain('graphics card lost')
    }).toPass(PATIENCE)
    expect(await told()).toContain('The unit goes to others, or to the same tab again.')
    await cancel(page)
    await killGpu(browser) // while it is busy no page can draw
    const seen = await readHistory(provider)
    expect(new Set(seen.map(({ what }) => what))).toEqual(new Set(['Lost device-lost']))
    expect(seen.map(({ text }) => text).join()).toContain('Failed: graphics card lost')
  } finally {
    await browser.close()
  }
})

test('weft publish stops a job whose units all fail, says why there is no result and what came back, and ends with code 1', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-failures-'))
  const manifest = JSON.parse(
    squareManifest({ name: 'Exits', units: 40, spin: 0, priceWei: PRICE }, { ...exits, ...range(0, 40) }),
  )
  manifest.programs[0].code = { file: 'exit.wasm' }
  await writeFile(join(folder, 'exit.wasm'), exitProgram)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
  const flags = ['--network', network.url, '--data', join(folder, 'data'), '--out', join(folder, 'out')]
  const child = spawn(process.execPath, [COMMAND, 'publish', join(folder, 'manifest.json'), ...flags])
  let [said, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const [code] = await once(child, 'close')
  await rm(folder, { recursive: true, force: true })
  expect(said).toMatch(/^0 of 40 units verified, 0 paid, failed: \d+ trap.*; \w+$/m)
  expect(said.match(/^Stopped: all/gm)).toHaveLength(1)
  expect(said).toContain('Paid 0 ETH, 0.12 came back, and the bond of 0.012')
  expect(errors).toMatch(
    /^weft: The job has no result: \d+ of 40 units are disputed\. Stopped: all \d+ units .*\. Unit \d+ fails: trap on .*: the program ended with exit code 3: no table for this unit\n$/,
  )
  expect(code).toBe(1)
})
