import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { Outcomes } from '../support/hostile/attempts.ts'
import { attempts } from '../support/hostile/attempts.ts'
import type { Probe } from '../support/hostile/probe.ts'
import { openProbe } from '../support/hostile/probe.ts'
import type { harness as Harness } from '../support/sandbox-harness.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, serveSandboxSite } from '../support/sandbox-site.ts'

declare const harness: typeof Harness
type Story = { sandbox: Awaited<ReturnType<typeof harness.open>>; heard: string[] }

let site: SandboxSite
let probe: Probe
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  ;[site, probe] = await Promise.all([serveSandboxSite(), openProbe()])
  const options = project.use.launchOptions ?? {}
  const args = (options.args ?? []).filter((arg) => arg !== '--disable-quic')
  browser = await playwright.chromium.launch({ ...options, args: [...args, '--enable-unsafe-webgpu'] })
  page = await openSandboxSite(browser, site)
  await page.evaluate(async () => {
    const heard: string[] = []
    for (const name of ['weft', 'escape']) new BroadcastChannel(name).onmessage = () => heard.push(name)
    const sandbox = await harness.open({ cpuWorkers: 1 })
    Object.assign(globalThis, { story: { sandbox, heard } })
    await harness.run(sandbox, harness.moody(), [7])
    await harness.run(sandbox, harness.wgsl(), [7])
  })
})
test.afterAll(async () => {
  await browser.close()
  await Promise.all([site.close(), probe.close()])
})
/**
 * What arrived at the probe. A browser may open a connection for a frame that is about to leave before it asks the policy whether
 * it may, and then says nothing on it.
 */
const requests = (): string[] => probe.hits.filter((hit) => hit !== 'a connection')
/** Whatever was tried: nothing has arrived at the probe, no other page of the site was asked for, and honest units go on. */
test.afterEach(async () => {
  const shown = await page.evaluate(async () => {
    const { sandbox, heard } = (globalThis as unknown as { story: Story }).story
    const wasm = await harness.run(sandbox, harness.moody(), [7])
    return { wasm, wgsl: await harness.run(sandbox, harness.wgsl(), [8]), heard }
  })
  expect(shown).toEqual({ wasm: ['7 = 49'], wgsl: ['8 = 64'], heard: [] })
  expect(requests()).toEqual([])
  expect(new Set(site.hits.filter((path) => path !== '/favicon.ico'))).toEqual(
    new Set(['/', '/harness.js', '/sandbox.html']),
  )
})

const reached = (outcomes: Outcomes): Outcomes =>
  Object.fromEntries(Object.entries(outcomes).filter(([, outcome]) => outcome.startsWith('reached')))

test('the probe hears whoever is not in the sandbox', async ({ playwright }, { project }) => {
  const own = await openProbe()
  const open = await playwright.chromium.launch(project.use.launchOptions ?? {})
  const free = await open.newPage()
  await free.goto(`${own.target.http}page`)
  const outcomes = await free.evaluate(attempts, { target: own.target, leaves: false })
  await expect.poll(() => own.hits.some((hit) => hit.startsWith('a datagram'))).toBe(true)
  await open.close()
  await own.close()
  expect(Object.keys(reached(outcomes))).toEqual(
    expect.arrayContaining(['fetch', 'eval', 'indexedDB', 'localStorage']),
  )
  expect(own.hits).toEqual(
    expect.arrayContaining(['GET /fetch HTTP/1.1', 'GET /picture HTTP/1.1', 'GET /socket HTTP/1.1']),
  )
  expect(own.hits.length).toBeGreaterThan(8)
})

for (const kind of ['cpu', 'gpu'])
  test(`from the ${kind} worker nothing is reached, nor from workers that it starts`, async () => {
    const workers = page.workers()
    const roles = await Promise.all(
      workers.map((worker) => worker.evaluate(() => self.name).catch(() => 'ended')),
    )
    const worker = workers[roles.indexOf(`weft ${kind}`)]
    if (worker === undefined) throw new Error(`no ${kind} worker is there: ${roles}`)
    const nature = await worker.evaluate(() => ({ origin: self.origin, isSecure: isSecureContext }))
    expect(nature).toEqual({ origin: 'null', isSecure: true })
    const outcomes = await worker.evaluate(attempts, { target: probe.target, leaves: true })
    expect(reached(outcomes)).toEqual({})
    expect(Object.keys(outcomes).length).toBeGreaterThan(25)
    const script = `(${attempts})(${JSON.stringify({ target: probe.target, leaves: true })}).then((found) => postMessage(found))`
    const nested = await worker.evaluate(async (script) => {
      const found = await new Promise<Outcomes>((resolve) => {
        const inner = new Worker(`data:text/javascript,${encodeURIComponent(script)}`)
        inner.onmessage = ({ data }) => resolve(data)
        inner.onerror = ({ message }) => resolve({ worker: `blocked: ${message}` })
      })
      for (const name of ['weft', 'escape']) new BroadcastChannel(name).postMessage('out')
      return found
    }, script)
    expect(reached(nested)).toEqual({})
    expect(Object.keys(nested).length).toBeGreaterThan(25)
    expect(probe.hits).toEqual([])
  })

test('from the thread of the frame nothing is reached', async () => {
  const frame = page.frames().find((entry) => entry.url().endsWith('/sandbox.html'))
  const outcomes = await frame?.evaluate(attempts, { target: probe.target, leaves: true })
  expect(reached(outcomes ?? { frame: 'reached: no frame' })).toEqual({})
  await frame?.evaluate(() => {
    for (const name of ['weft', 'escape']) new BroadcastChannel(name).postMessage('out')
    window.parent.postMessage({ kind: 'open', mode: 'data worker' }, '*')
  })
})

test('a frame that leaves for another address does not arrive there, and a new one takes its place', async () => {
  const frame = page.frames().find((entry) => entry.url().endsWith('/sandbox.html'))
  await frame?.evaluate((url) => {
    setTimeout(() => location.assign(url), 0)
  }, probe.target.http)
  await expect.poll(() => page.frames().some((entry) => entry.url().endsWith('/sandbox.html'))).toBe(false)
})
