import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { cheatingSandbox, prepend } from '../support/sandbox-cheat.ts'
import type { harness as Harness } from '../support/sandbox-harness.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, replaceSandbox, serveSandboxSite } from '../support/sandbox-site.ts'

declare const harness: typeof Harness

/** What a fallen worker says in place of its results, and what the page must make of unit 7. */
const lies: readonly (readonly [name: string, lie: string, says: RegExp])[] = [
  [
    'an output that is too large',
    'first.output = new Uint8Array(100000)',
    /^7 malformed: output: expected 4 bytes/,
  ],
  [
    'an output over every limit',
    'first.output = new Uint8Array(5000000)',
    /^7 malformed: .*no worker of ours/,
  ],
  ['an output that is no bytes', 'first.output = [49, 0, 0, 0]', /^7 malformed: .*no worker of ours/],
  ['an output of another kind of numbers', 'first.output = new Float64Array(1)', /^7 malformed/],
  ['a unit that was not asked for', 'first.unit = 77', /^7 malformed: .*unit 77, which it was not asked for/],
  ['a unit by text', 'first.unit = "7"', /^7 malformed: .*no worker of ours/],
  ['a unit twice', 'message.reports.push(first)', /^7 malformed: .*which it was not asked for/],
  ['results of another run', 'message.run = 99', /^7 malformed: .*"results", which was not asked for/],
  ['results of no run', 'message.run = NaN', /^7 malformed: .*no worker of ours/],
  ['results of no unit', 'message.reports = []', /^7 malformed: .*no worker of ours/],
  ['a pause before any unit', 'message = { kind: "paused", run: message.run, units: 0 }', /^7 malformed/],
  [
    'that it pauses, again and again',
    'setInterval(() => send.call(this, { kind: "paused", run: message.run, units: 1 }), 100); return',
    /^7 timeout/,
  ],
  ['reports that are no list', 'message = { kind: "results", run: {}, reports: 5 }', /^7 malformed/],
  ['a million reports', 'message.reports = Array(1000000).fill(first)', /^7 malformed: .*no worker of ours/],
  [
    'a thousand outputs that are parts of one buffer',
    'const part = new Uint8Array(4194305).subarray(1); message.reports = Array.from({ length: 1000 }, (_, unit) => ({ ...first, unit, output: part }))',
    /^7 malformed: .*all bytes of its buffer/,
  ],
  ['fuel below zero', 'first.fuel = -1', /^7 malformed: .*no worker of ours/],
  ['fuel beyond counting', 'first.fuel = 1e300', /^7 malformed: .*no worker of ours/],
  ['time that is no number', 'first.elapsedMs = NaN', /^7 malformed: .*no worker of ours/],
  [
    'an unknown failure',
    'message.reports = [{ kind: "failed", unit: first.unit, code: "paid", message: "" }]',
    /^7 malformed/,
  ],
  [
    'a cause of ten million letters',
    'message.reports = [{ kind: "failed", unit: first.unit, code: "trap", message: "x".repeat(1e7) }]',
    /^7 trap: .{0,2100}$/,
  ],
  ['an unknown message', 'message = { kind: "pay", wei: 1e18 }', /^7 malformed: .*no worker of ours/],
  ['a kind from the prototype', 'message = { kind: "constructor" }', /^7 malformed: .*no worker of ours/],
  ['more fields than there are', 'message.payee = "0x00"', /^7 malformed: .*no worker of ours/],
  ['a prototype', 'message = JSON.parse(\'{"kind":"results","__proto__":{"reports":[]}}\')', /^7 malformed/],
  ['nothing', 'message = undefined', /^7 malformed: .*no worker of ours/],
  [
    'that it is ready, again',
    'message = { kind: "ready", hasGpu: true, isSilent: false }',
    /^7 malformed: .*"ready", which was not/,
  ],
  [
    'that it loaded another kernel',
    'message = { kind: "loaded", kernel: 5 }',
    /^7 malformed: .*"loaded", which was not/,
  ],
  ['that the GPU is lost', 'message = { kind: "lost", message: "<img onerror=alert(1)>" }', /^7 device-lost/],
  [
    'ten thousand messages',
    'for (let i = 0; i < 10000; i += 1) send.call(this, { kind: "loaded", kernel: i })',
    /^7 malformed: .*"loaded"/,
  ],
  [
    'a gigabyte, a little at a time',
    'for (let i = 0; i < 64; i += 1) send.call(this, { kind: "noise", bytes: new Uint8Array(2 ** 24) })',
    /^7 malformed/,
  ],
  [
    'what is no result, by way of the frame',
    'self.postMessage({ kind: "pay" }); return',
    /^7 trap: .*no worker of ours/,
  ],
  [
    'ten thousand messages by way of the frame',
    'for (let i = 0; i < 10000; i += 1) self.postMessage({ kind: "loaded", kernel: i }); return',
    /^7 malformed: .*"loaded"/,
  ],
  [
    'a gigabyte by way of the frame, a little at a time',
    'for (let i = 0; i < 64; i += 1) self.postMessage({ kind: "noise", bytes: new Uint8Array(2 ** 24) }); return',
    /^7 trap/,
  ],
  [
    'messages without end by way of the frame',
    'for (;;) self.postMessage({ kind: "results", run: 1, reports: [first] })',
    /^7 (?:malformed|timeout|unreachable)/,
  ],
  ['an error of its own', 'throw new Error("fallen")', /^7 (?:trap|timeout)/],
  ['nothing at all', 'return', /^7 timeout/],
]

/** Generous, since the machine may be busy with other things; a page that believed these would stand still for longer. */
const MOST_STANDSTILL_MS = 2_000

let site: SandboxSite
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite()
  browser = await playwright.chromium.launch(project.use.launchOptions ?? {})
  page = await openSandboxSite(browser, site)
})
test.afterAll(async () => {
  await browser.close()
  await site.close()
})

test.describe('a fallen worker that says', () => {
  test.beforeAll(async () => {
    // Lie number n is told of unit 100 + n; of all others the worker says the truth.
    const cases = lies.map(([, lie], index) => `case ${100 + index}: { ${lie}; break }`).join('\n')
    const script = `{
      const send = MessagePort.prototype.postMessage
      MessagePort.prototype.postMessage = function (message, ...rest) {
        const first = message?.kind === 'results' ? message.reports[0] : undefined
        if (!(first?.unit >= 100)) return send.call(this, message, ...rest)
        switch (first.unit) { ${cases} }
        return send.call(this, message)
      }
    }\n`
    await replaceSandbox(page, prepend(site.sandbox.html, script))
    await page.evaluate(async () => {
      const limits = { timeMs: 300 }
      const kernel = await (await harness.open()).load(harness.moody({ manifest: { limits } }))
      Object.assign(globalThis, { kernel })
    })
  })

  for (const [index, [name, , says]] of lies.entries())
    test(`${name} harms its own unit only`, async () => {
      const found = await page.evaluate(async (unit) => {
        type Kernel = Awaited<ReturnType<Awaited<ReturnType<typeof harness.open>>['load']>>
        const { kernel } = globalThis as unknown as { kernel: Kernel }
        let last = performance.now()
        let standstill = 0
        const heart = setInterval(() => {
          standstill = Math.max(standstill, performance.now() - last)
          last = performance.now()
        }, 20)
        const lied = harness.show(await kernel.run([unit]))
        const next = harness.show(await kernel.run([8]))
        clearInterval(heart)
        return { lied, next, standstill: Math.max(standstill, performance.now() - last) }
      }, 100 + index)
      expect(found.lied).toHaveLength(1)
      expect(found.lied[0]?.replace(String(100 + index), '7')).toMatch(says)
      expect(found.next).toEqual(['8 = 64'])
      expect(found.standstill, 'how long the page stood still').toBeLessThan(MOST_STANDSTILL_MS)
    })
})

test('a worker that goes on talking when its run is over is ended, and nothing of what it says is kept', async () => {
  const script = `{
    const send = MessagePort.prototype.postMessage
    MessagePort.prototype.postMessage = function (message, ...rest) {
      send.call(this, message, ...rest)
      if (message?.kind !== 'results' || message.reports[0].unit !== 9) return
      let count = 0
      const talk = () => {
        const report = { kind: 'done', unit: 8, output: new Uint8Array(4e6), elapsedMs: 1 }
        send.call(this, { kind: 'results', run: message.run, reports: [report] })
        count += 1
        if (count < 200) setTimeout(talk, 1)
      }
      setTimeout(talk, 100)
    }
  }\n`
  await replaceSandbox(page, prepend(site.sandbox.html, script))
  const shown = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const kernel = await sandbox.load(harness.moody())
    const said = harness.show(await kernel.run([9]))
    while (sandbox.workers.length > 0) await new Promise((resolve) => setTimeout(resolve, 10))
    return [...said, ...harness.show(await kernel.run([8]))]
  })
  expect(shown).toEqual(['9 = 81', '8 = 64'])
})

test('the cheating sandbox of the demo flips a bit of every output, large or small', async () => {
  await replaceSandbox(page, cheatingSandbox(site.sandbox.html))
  const shown = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const small = await harness.run(sandbox, harness.moody(), [7, 8])
    return [...small, ...(await harness.run(sandbox, harness.bulky(), [9, 8]))]
  })
  expect(shown).toEqual(['7 = 48', '8 = 65', '9 = 8', '8 = 9'])
})

test('a frame that says what no frame of ours says is not believed, and the page goes on', async () => {
  const script = `if (typeof document !== 'undefined') {
    const send = MessagePort.prototype.postMessage
    MessagePort.prototype.postMessage = function (message, ...rest) {
      if (message?.kind === 'open') message = { kind: 'open', mode: 'root' }
      return send.call(this, message, ...rest)
    }
  }\n`
  await replaceSandbox(page, prepend(site.sandbox.html, script))
  const said = await page.evaluate(async () => harness.failure(harness.open()))
  expect(said).toMatch(/^(?:unreachable|unsupported|malformed)/)
  await page.unroute('**/sandbox.html')
  const shown = await page.evaluate(async () => harness.run(await harness.open(), harness.moody(), [7]))
  expect(shown).toEqual(['7 = 49'])
})
