import type { CDPSession, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { Hex } from '../../src/protocol/bytes.ts'
import { squareDraft } from '../support/network/job.ts'
import type { NodePublisher } from '../support/network/node-publisher.ts'
import { startPublisher } from '../support/network/node-publisher.ts'
import type { NetworkProcess } from '../support/network/process.ts'
import { startNetwork } from '../support/network/process.ts'
import { agree, PATIENCE, readCount } from '../support/network/visitor.ts'
import type { OwnBrowser } from '../support/own-browser.ts'
import { openOwnBrowser } from '../support/own-browser.ts'

// One visitor whose computer needs its strength for other things; the stories go on where the one before ended.
test.describe.configure({ mode: 'serial', timeout: 180_000 })

const JOB = { name: 'Squares', units: 20_000, spin: 10_000_000, priceWei: '1000000000' }
/** What stops is stopped at once: well before a lease would end. */
const AT_ONCE = { timeout: 5_000 }
/** How a busy computer is noticed where its sensor says nothing. */
const SLOWER = /Units take longer than usual|This page stutters/
let network: NetworkProcess
let publisher: NodePublisher
let own: OwnBrowser
let page: Page
let devtools: CDPSession
let jobId: Hex

test.beforeAll(async () => {
  network = await startNetwork({ hasSamples: false })
  publisher = await startPublisher(network)
  jobId = await publisher.engine.publish(squareDraft(JOB))
  own = await openOwnBrowser()
  page = await own.context.newPage()
  devtools = await own.context.newCDPSession(page)
  await page.addInitScript(giveSwitches)
  await devtools.send('Emulation.setPressureSourceOverrideEnabled', {
    enabled: true,
    source: 'cpu',
    metadata: { available: true },
  })
  await feelPressure('nominal')
})
test.afterAll(async () => {
  await own?.close()
  await publisher?.stop()
  await network?.stop()
})

test('pulling the cord stops the work, says why and hands the leases back; one click lets it run for this visit', async () => {
  await agree(page, network.url)
  await expectWork()
  await page.evaluate(() => dispatchEvent(new Event('unplug')))
  await expectHalt('battery', 'This computer runs on battery')
  await page.getByTestId('override').click()
  await expectWork()
  await expect(page.getByTestId('limit').first()).toContainText('You let it run for this visit')
  await page.evaluate(() => dispatchEvent(new Event('plug')))
  await expect(page.getByTestId('limit').filter({ hasText: 'battery' })).toHaveCount(0)
})

test('work that may only run while charging waits for the cord', async () => {
  await page.getByTestId('rules').locator('summary').click()
  await page.getByTestId('power').selectOption('charging')
  await expectWork()
  await page.evaluate(() => dispatchEvent(new Event('unplug')))
  await expectHalt('charging', 'not charging')
  await page.evaluate(() => dispatchEvent(new Event('plug')))
  await expectWork()
})

test('a browser that is told to save data stops, unless the visitor lets it run', async () => {
  await page.evaluate(() => dispatchEvent(new Event('save')))
  await expectHalt('data-saver', 'save data')
  await page.getByTestId('override').click()
  await expectWork()
})

test('what else makes this computer busy slows the units: less is used until it is over', async () => {
  await expect.poll(share, PATIENCE).toBeGreaterThan(25)
  const before = await share()
  const other = await own.context.newPage()
  await other.evaluate(() => {
    const endless = URL.createObjectURL(new Blob(['for (;;);'], { type: 'text/javascript' }))
    for (let left = 4 * navigator.hardwareConcurrency; left > 0; left -= 1) new Worker(endless)
  })
  await page.bringToFront()
  await expect(page.getByTestId('limit').filter({ hasText: SLOWER })).toHaveCount(1, PATIENCE)
  await expect.poll(share, PATIENCE).toBeLessThan(before)
  await other.close()
  const during = await share()
  await expect.poll(share, PATIENCE).toBeGreaterThan(during)
  await expectWork()
})

test('high pressure stops the work, calm brings it back with less, and a visitor who does not mind is not stopped', async () => {
  await feelPressure('critical')
  await expectHalt('pressure', 'busy with other things')
  await feelPressure('nominal')
  await expectWork()
  await expect(page.getByTestId('limit').filter({ hasText: 'of your limits are used' })).toHaveCount(1)
  await page.getByTestId('makes-room').uncheck()
  await feelPressure('critical')
  await expect(page.getByTestId('limit').filter({ hasText: 'of your limits' })).toHaveCount(0)
  await expectWork()
  await feelPressure('nominal')
})

test('a hidden tab works on; one that the browser freezes hands its leases back, and works again when it wakes', async () => {
  const front = await own.context.newPage()
  await front.bringToFront()
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('hidden')
  const before = returned()
  await expect.poll(returned, PATIENCE).toBeGreaterThan(before)
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  await expect.poll(leased, AT_ONCE).toBe(0)
  const asleep = returned()
  await front.waitForTimeout(2_000)
  expect([leased(), returned()]).toEqual([0, asleep])
  await devtools.send('Page.setWebLifecycleState', { state: 'active' })
  await expect.poll(returned, PATIENCE).toBeGreaterThan(asleep)
  await front.close()
  await expectWork()
  expect(publisher.job(jobId).providers).toHaveLength(1)
})

test('a pause of an hour outlives a reload', async () => {
  await page.getByTestId('pause-1h').click()
  await expectHalt('paused', 'Paused until')
  await page.reload()
  await page.getByTestId('start').click()
  await page.getByTestId('agree').click()
  await expect(page.getByTestId('account')).toBeVisible(PATIENCE)
  await expectHalt('paused', 'Paused until')
  await expect(page.getByTestId('job-row')).toHaveCount(1, PATIENCE)
  expect(await readCount(page, 'delivered')).toBe(0)
  await page.getByTestId('resume').click()
  await expectWork()
})

/** How much of the visitor's limits is used, in percent. */
async function share(): Promise<number> {
  const texts = await page.getByTestId('limit').allTextContents()
  const [, percent = '100'] = /: (\d+) % of your limits are used/.exec(texts.join()) ?? []
  return Number(percent)
}

function leased(): number {
  return publisher.job(jobId).counts.leased
}

/** Results that the publisher has from the visitor. */
function returned(): number {
  return publisher.job(jobId).providers.reduce((sum, { delivered }) => sum + delivered, 0)
}

async function expectWork(): Promise<void> {
  const before = await readCount(page, 'delivered')
  await expect.poll(() => readCount(page, 'delivered'), PATIENCE).toBeGreaterThan(before)
  await expect(page.getByTestId('working')).toBeVisible(PATIENCE)
}

/** Nothing runs, the page says why, and the publisher has its units back. */
async function expectHalt(code: string, words: string): Promise<void> {
  const reason = page.getByTestId('idle-reason')
  await expect(reason).toHaveAttribute('data-code', code, AT_ONCE)
  await expect(reason).toContainText(words)
  await expect.poll(leased, AT_ONCE).toBe(0)
  const delivered = await readCount(page, 'delivered')
  await page.waitForTimeout(1_000)
  expect([leased(), await readCount(page, 'delivered')]).toEqual([0, delivered])
}

/** What the browser's sensor tells from now on. */
async function feelPressure(state: 'nominal' | 'critical'): Promise<void> {
  await devtools.send('Emulation.setPressureStateOverride', { source: 'cpu', state })
}

/** Runs in the page before its scripts: a battery whose cord the story pulls, and a data saver. */
function giveSwitches(): void {
  const connection = Object.assign(new EventTarget(), { saveData: false })
  addEventListener('save', () => {
    connection.saveData = true
    connection.dispatchEvent(new Event('change'))
  })
  Object.defineProperty(navigator, 'connection', { value: connection })
  const battery = Object.assign(new EventTarget(), { charging: true })
  const turn = (charging: boolean): void => {
    battery.charging = charging
    battery.dispatchEvent(new Event('chargingchange'))
  }
  addEventListener('plug', () => turn(true))
  addEventListener('unplug', () => turn(false))
  Object.assign(navigator, { getBattery: async () => battery })
}
