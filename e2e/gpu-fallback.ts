import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { fractalJob } from '../src/kernels/fractal/sample.ts'
import type { SampleJob } from '../src/kernels/job.ts'
import { lifeJob } from '../src/kernels/life/sample.ts'
import { referenceOf } from '../src/kernels/reference.ts'
import { inputsOf, runnerOf } from '../src/kernels/run-kernel.ts'
import type { Hex } from '../src/protocol/bytes.ts'
import { isEqual } from '../src/protocol/bytes.ts'
import { decodeCbor, encodeCbor } from '../src/protocol/cbor.ts'
import type { Admitted } from '../src/provider/admission/admitted.ts'
import { packAdmitted, parseAdmitted } from '../src/provider/admission/admitted.ts'
import type { PublishedJob } from '../src/publisher/state.ts'
import { killGpu, launchGpuBrowser } from './support/gpu-browser.ts'
import { joinIn } from './support/network/job-page.ts'
import type { NodePublisher } from './support/network/node-publisher.ts'
import { startPublisher } from './support/network/node-publisher.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { startNetwork } from './support/network/process.ts'
import { PATIENCE, setField } from './support/network/visitor.ts'

// A computer whose graphics card dies again and again, from the job to the page of the visitor.

const options = { priceWei: '1000000000' }
const [first, second, third] = [fractalJob(0, options), lifeJob(0, options), lifeJob(1, options)]
let network: NetworkProcess
let publisher: NodePublisher
/** A browser of its own, because what happens to its GPU process stays with it. */
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  network = await startNetwork({ hasSamples: false })
  publisher = await startPublisher(network)
  browser = await launchGpuBrowser(playwright, project.use.launchOptions)
})
test.afterAll(async () => {
  await browser?.close()
  await publisher?.stop()
  await network?.stop()
})

test('a tab whose GPU is lost three times ends its job in WASM, says why, and uses the GPU again when it is loaded anew', async () => {
  test.setTimeout(180_000)
  ;({ page } = await joinIn(browser, network.url))
  await setField(page, 'throttle-gpu', '100')
  await preferGpu(first, second)

  const zoom = await publisher.engine.publish(first)
  await untilDone(zoom, 'wgsl')
  await lose(zoom)
  await untilDone(zoom, 'wgsl')
  await expect(page.getByTestId('no-gpu')).toHaveCount(0)
  await lose(zoom)
  await expect(page.getByTestId('no-gpu')).toHaveText(/^The GPU failed and is tried again in \d s/)
  await untilDone(zoom, 'wasm')
  await untilDone(zoom, 'wgsl')
  await publisher.engine.cancel(zoom)

  const life = await publisher.engine.publish(second)
  const outputs = new Map<number, Uint8Array>()
  publisher.engine.watchOutputs(life, (unit, output) => outputs.set(unit, output))
  await untilDone(life, 'wgsl')
  await lose(life)
  const trouble = page.getByTestId('no-gpu')
  await expect(trouble).toHaveText(/^The GPU failed 3 times and is left alone until the page is loaded again/)
  await expect.poll(() => publisher.job(life).phase, PATIENCE).toBe('closed')
  const { counts, executions } = publisher.job(life)
  expect(counts.paid).toBe(64)
  expect(executions.wasm).toBeGreaterThan(0)
  // The plain reference takes seconds for a unit; it is the judge of some, the module by itself of all.
  const reference = referenceOf(second.manifest, inputsOf(second.manifest, second.blobs))
  const module = runnerOf(second)
  for (let unit = 0; unit < counts.paid; unit += 1)
    for (const judge of unit % 32 === 0 ? [reference, module] : [module])
      expect(isEqual(outputs.get(unit) ?? new Uint8Array(), judge(unit)), `unit ${unit}`).toBe(true)
  await expect(trouble).toContainText('The GPU failed 3 times')
  await expect(page.getByTestId('executor').locator('[value=wgsl]')).toBeDisabled()

  await start()
  await expect(trouble).toHaveCount(0)
  await untilDone(await publisher.engine.publish(third), 'wgsl')
})

/** Loads the page again, and lets it work. */
async function start(): Promise<void> {
  await page.reload()
  await page.getByTestId('start').click()
  await page.getByTestId('agree').click()
  await expect(page.getByTestId('sandbox')).toContainText('WebGPU on', PATIENCE)
}

/**
 * Notes in the store of the tab that WebGPU won when the twins of these jobs were tried, as on a computer whose GPU is faster than
 * its processor: a software adapter is not.
 */
async function preferGpu(...jobs: SampleJob[]): Promise<void> {
  let known: Admitted | undefined
  await expect
    .poll(async () => {
      known = parseAdmitted(decodeCbor(Uint8Array.from(await page.evaluate(readAdmission))))
      return known.profile?.conditions
    }, PATIENCE)
    .toContain('duty 4/4 and 4/4')
  const trials = jobs.map(({ manifest }) => {
    const twins = manifest.programs.map(({ code }) => code.cid).join(' ')
    return [twins, { choice: 'wgsl', factor: 10 }] as const
  })
  const bytes = encodeCbor(packAdmitted({ profile: known?.profile, trials: new Map(trials) }))
  await page.evaluate(writeAdmission, [...bytes])
  await start()
}

async function readAdmission(): Promise<number[]> {
  const opening = indexedDB.open('weft-provider')
  await new Promise((resolve) => opening.addEventListener('success', resolve))
  const reading = opening.result.transaction('values').objectStore('values').get('admission')
  await new Promise((resolve) => reading.addEventListener('success', resolve))
  opening.result.close()
  return reading.result === undefined ? [0xa0] : [...reading.result]
}

async function writeAdmission(bytes: readonly number[]): Promise<void> {
  const opening = indexedDB.open('weft-provider')
  await new Promise((resolve) => opening.addEventListener('success', resolve))
  const writing = opening.result.transaction('values', 'readwrite')
  writing.objectStore('values').put(Uint8Array.from(bytes), 'admission')
  await new Promise((resolve) => writing.addEventListener('complete', resolve))
  opening.result.close()
}

/** Waits for one more result of a job by an executor. */
async function untilDone(jobId: Hex, executor: keyof PublishedJob['executions']): Promise<void> {
  const done = (): number => publisher.job(jobId).executions[executor]
  const before = done()
  await expect.poll(done, PATIENCE).toBeGreaterThan(before)
}

/** Kills the GPU process while it works at a job, and waits until the publisher has heard of it. */
async function lose(jobId: Hex): Promise<void> {
  const told = (): number => publisher.job(jobId).failures['device-lost'] ?? 0
  const before = told()
  await expect(async () => {
    await killGpu(browser)
    await expect.poll(told, { timeout: 15_000 }).toBeGreaterThan(before)
  }).toPass(PATIENCE)
}
