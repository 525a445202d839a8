import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { probe } from '../../src/kernels/probe/meta.ts'
import { vectors } from '../../src/kernels/standard/vectors.ts'
import type { harness as Harness } from '../support/admission-harness.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, serveSandboxSite } from '../support/sandbox-site.ts'

declare const harness: typeof Harness

let site: SandboxSite
/** A browser with WebGPU in software. */
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite(new URL('../support/admission-harness.ts', import.meta.url))
  const options = project.use.launchOptions ?? {}
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  browser = await playwright.chromium.launch({ ...options, args })
  page = await openSandboxSite(browser, site)
})
test.afterAll(async () => {
  await browser.close()
  await site.close()
})

/** Starts anew, as a visitor who opens the page again, and gives what is known of the browser then. */
async function start(throttle: Parameters<typeof Harness.start>[0] = {}, version?: string) {
  await page.reload()
  return await page.evaluate(
    async ([throttle, version]) => {
      const { profile, admission } = await harness.start(throttle, version)
      return { profile, words: admission.words, speed: admission.greeting.speed }
    },
    [throttle, version] as const,
  )
}

test('the first start measures, the second reads what was measured', async () => {
  const first = await start()
  expect(first.profile).toMatchObject({
    wasm: { scalar: expect.any(Number), simd: expect.any(Number) },
    wgsl: { isSoftware: true, numeric: expect.stringMatching(/^f32-[0-9a-f]{12}$/) },
  })
  const { wasm, wgsl } = first.profile ?? {}
  for (const rate of [wasm?.scalar, wasm?.simd, wgsl?.register]) expect(rate).toBeGreaterThan(0) // 0 is what gave wrong words
  expect(first.words).toMatch(/^Processor .* WebGPU in software .* floats of class f32-/)
  expect(first.speed?.wgsl).toMatchObject({ isSoftware: true, numeric: wgsl?.numeric })
  expect(await start()).toEqual(first)
})

test('workgroup tiles and register tiles give the words that WASM gives', async () => {
  await page.reload()
  const words = await page.evaluate(async () => {
    const { sandbox } = await harness.start()
    return await harness.probe(sandbox)
  })
  expect(words).toEqual(Array.from({ length: 4 }, () => Math.imul(3, probe.checks[0]) >>> 0))
})

test('another version of the browser, other numbers of workers and other shares of time are measured anew', async () => {
  const times = [await start()]
  times.push(await start({}, 'Chrome/999'))
  times.push(await start({ cpuWorkers: 2 }, 'Chrome/999'))
  times.push(await start({ cpuWorkers: 2, cpuDuty: 0.5 }, 'Chrome/999'))
  expect(new Set(times.map(({ profile }) => profile?.measuredAt)).size).toBe(4)
  const again = await start({ cpuWorkers: 2, cpuDuty: 0.45 }, 'Chrome/999') // about the same share
  expect(again.profile?.measuredAt).toBe(times[3]?.profile?.measuredAt)
})

test('the class of floats is the same in two runs and in two pages', async () => {
  const read = async (page: Page): Promise<unknown> =>
    await page.evaluate(async () => {
      const { sandbox } = await harness.start()
      return await harness.numericClass({ sandbox, signal: harness.signal })
    })
  const { profile } = await start()
  const other = await openSandboxSite(browser, site)
  expect(await read(page)).toBe(profile?.wgsl?.numeric)
  expect(await read(other)).toBe(profile?.wgsl?.numeric)
  await other.close()
})

test('on a software adapter WASM is chosen, and the next job of the kind is not tried; what the visitor chose runs', async () => {
  await page.reload()
  const found = await page.evaluate(async () => {
    const { choose, admission } = await harness.start()
    const [first, second] = [0, 1].map((index) => harness.fractalJob(index, { priceWei: '1' }))
    if (first === undefined || second === undefined) throw new Error('no jobs')
    const twins = first.manifest.programs.map(({ code }) => code.cid).join(' ')
    const before = admission.trialOf(twins)
    const auto = (await choose('auto', first)).executor
    const trial = admission.trialOf(twins)
    const next = (await choose('auto', second)).executor
    const isSame = admission.trialOf(twins) === trial
    const forced = [(await choose('wasm', first)).executor, (await choose('wgsl', first)).executor]
    return { before, auto, trial, next, isSame, forced }
  })
  expect(found).toMatchObject({
    before: undefined,
    auto: 'wasm',
    trial: { choice: 'wasm' },
    next: 'wasm',
    isSame: true,
    forced: ['wasm', 'wgsl'],
  })
})

test('of the two WGSL programs of a product the one is loaded that the profile speaks for, and both give the same bytes', async () => {
  await page.reload()
  const found = await page.evaluate(async () => {
    const tab = await harness.start()
    const [slow, fast] = [100, 200]
    return [
      await harness.product(tab, 'auto', { register: fast, workgroup: slow }),
      await harness.product(tab, 'wgsl', { register: fast, workgroup: slow }),
      await harness.product(tab, 'wgsl', { register: slow, workgroup: fast }),
    ]
  })
  const digest = vectors['matmul-integer']
  expect(found).toEqual([
    { loaded: ['wasm', 'wgsl register'], digest },
    { loaded: ['wgsl register'], digest },
    { loaded: ['wgsl workgroup'], digest },
  ])
})

test('without WebGPU only WASM is measured, and WebGPU cannot be chosen', async ({ browser: plain }) => {
  const other = await openSandboxSite(plain, site)
  const found = await other.evaluate(async () => {
    const { choose, profile } = await harness.start()
    const job = harness.fractalJob(0, { priceWei: '1' })
    const refused = await choose('wgsl', job).catch((error: Error) => error.message)
    return { profile, auto: (await choose('auto', job)).executor, refused: String(refused) }
  })
  expect(found.profile?.wasm.simd).toBeGreaterThan(0)
  expect(found.profile?.wgsl).toBeUndefined()
  expect(found.auto).toBe('wasm')
  expect(found.refused).toContain('WebGPU is chosen, but this browser offers none')
  await other.close()
})
