import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { harness as Harness } from './support/sandbox-harness.ts'
import type { SandboxSite } from './support/sandbox-site.ts'
import { openSandboxSite, replaceSandbox, serveSandboxSite } from './support/sandbox-site.ts'

declare const harness: typeof Harness

let site: SandboxSite
/** A browser of our own with WebGPU on the software adapter. */
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite()
  const options = project.use.launchOptions ?? {}
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu']
  browser = await playwright.chromium.launch({ ...options, args })
})
test.afterAll(async () => {
  await browser.close()
  await site.close()
})
test.beforeEach(async () => {
  page = await openSandboxSite(browser, site)
})
test.afterEach(async () => await page.close())

test('WGSL units give the bytes of their twins, many in flight', async () => {
  const found = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const kernel = await sandbox.load(harness.wgsl())
    const units = Array.from({ length: 100 }, (_, index) => index + 3)
    const runs = await kernel.run(units)
    const isRight = runs.every(
      (run, index) =>
        run.kind === 'done' && new DataView(run.output.buffer).getUint32(0, true) === (index + 3) ** 2,
    )
    return { report: sandbox.report, isRight, first: harness.show(runs.slice(0, 2)) }
  })
  expect(found.report).toMatchObject({
    mode: 'data worker',
    gpu: { isFallbackAdapter: true, architecture: 'swiftshader' },
  })
  expect(found.first).toEqual(['3 = 9', '4 = 16'])
  expect(found.isRight).toBe(true)
})

test('an endless WGSL loop ends by its bound as fuel, and the next unit is done', async () => {
  const shown = await page.evaluate(async () => harness.run(await harness.open(), harness.wgsl(), [1, 2, 7]))
  expect(shown).toEqual([
    '1 = 1',
    '2 fuel: Unit 2: a loop turned more often than limits.loopBound allows',
    '7 = 49',
  ])
})

test('endless loops in functions that loops call end too', async () => {
  const text = `
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
fn deepest() { while (head[0] == 2u) { out[0] = out[0] + 1u; } }
fn deeper() { for (;;) { deepest(); if (head[0] != 2u) { break; } } }
@compute @workgroup_size(1)
fn main() {
  loop { deeper(); if (head[0] != 2u) { break; } }
  out[0] = head[0];
}`
  const shown = await page.evaluate(
    async (text) => harness.run(await harness.open(), harness.wgsl(text), [1, 2, 7]),
    text,
  )
  expect(shown).toEqual(['1 = 1', expect.stringContaining('2 fuel'), '7 = 7'])
})

test('WGSL that does not compile says where and why', async () => {
  const said = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const text = (line: string): string => harness.moodyWgsl.replace('  out[0] = head[0] * head[0];', line)
    return [
      await harness.failure(sandbox.load(harness.wgsl(text('  let x: u32 = 1.5;')))),
      await harness.failure(sandbox.load(harness.wgsl(text('  missing();')))),
      await harness.failure(sandbox.load(harness.wgsl(text('  /* open')))),
      await harness.failure(sandbox.load(harness.wgsl(text('  weft_spent[0] = 0u;')))),
      await harness.run(sandbox, harness.wgsl(), [7]),
    ]
  })
  expect(said).toEqual([
    expect.stringMatching(/^compile: WGSL line 7: .*u32/),
    expect.stringMatching(/^compile: WGSL line 7: .*missing/),
    'compile: WGSL line 7: a block comment has no end',
    expect.stringContaining('refused: WGSL line 7: names that begin with "weft_"'),
    ['7 = 49'],
  ])
})

test('too many bytes, invocations or workgroups are refused unit by unit', async () => {
  const said = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const buffers = (bytes: string): object[] => [
      { name: 'head', bytes: 4, init: [{ u32: ['$i'] }] },
      { name: 'out', bytes },
    ]
    const pass = (dispatch: (string | number)[]): object => ({
      entry: 'main',
      bindings: [['head', 'out']],
      dispatch,
    })
    const run = (program: Record<string, unknown>): Promise<string[]> =>
      harness.run(sandbox, harness.wgsl(harness.moodyWgsl, { program }), [7, 900])
    return [
      await run({ buffers: buffers('4 + ($i / 900) * 300000000') }),
      await run({ passes: [pass(['1 + ($i / 900) * 70000'])] }),
      await run({ passes: [pass(['1 + ($i / 900) * 60000', '1 + ($i / 900) * 60000'])] }),
    ]
  })
  expect(said[0]).toEqual([
    '7 = 49',
    expect.stringContaining('900 memory: Unit 900: buffer "out" has 300000004 bytes; at most 134217728 are'),
  ])
  expect(said[1]).toEqual([
    '7 = 49',
    expect.stringContaining('900 malformed: Unit 900: dispatch[0] of "main": expected 1 to 65535'),
  ])
  expect(said[2]).toEqual(['7 = 49', expect.stringContaining('900 refused: Unit 900: the dispatch has')])
})

test('twins are measured, and the faster one is chosen', async () => {
  const found = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const [wasm, wgsl] = [await sandbox.load(harness.moody()), await sandbox.load(harness.wgsl())]
    return await harness.benchmark({ wasm, wgsl, units: [7, 8, 9], cpuWorkers: 1 })
  })
  expect(found).toMatchObject({ choice: 'wasm', wasmMs: expect.any(Number), wgslMs: expect.any(Number) })
})

test('where data workers are forbidden, WASM runs in blob workers and WGSL on the thread of the frame', async () => {
  const { html, policy } = site.sandbox
  const noData = (text: string): string => text.replace('worker-src data: blob:', 'worker-src blob:')
  await replaceSandbox(page, { html: noData(html), policy: noData(policy) })
  const found = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const wasm = await harness.run(sandbox, harness.moody(), [7])
    return { mode: sandbox.report.mode, wasm, wgsl: await harness.run(sandbox, harness.wgsl(), [2, 8]) }
  })
  expect(found).toEqual({
    mode: 'frame main thread',
    wasm: ['7 = 49'],
    wgsl: [expect.stringContaining('2 fuel'), '8 = 64'],
  })
})

test('a browser that starts no worker in the sandbox is told so', async () => {
  const { html, policy } = site.sandbox
  const noWorker = (text: string): string => text.replace('worker-src data: blob:', "worker-src 'none'")
  await replaceSandbox(page, { html: noWorker(html), policy: noWorker(policy) })
  const said = await page.evaluate(async () => harness.failure(harness.open()))
  expect(said).toBe('unsupported: No sandbox in this browser: the browser starts no worker in the sandbox')
})

test('the twins of the fractal sample give the same bytes on both executors', async () => {
  const found = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const kernels = await Promise.all(
      (['wasm', 'wgsl'] as const).map((kind) => sandbox.load(harness.fractal(kind))),
    )
    const [wasm, wgsl] = await Promise.all(kernels.map((kernel) => kernel.run([0, 136])))
    const plain = (runs: typeof wasm): unknown =>
      runs?.map((run) => (run.kind === 'done' ? [...run.output] : run.failure.message))
    return { wasm: plain(wasm), wgsl: plain(wgsl) }
  })
  expect(found.wgsl).toEqual(found.wasm)
  expect(found.wasm).toEqual([expect.arrayContaining([255]), expect.arrayContaining([255])])
})
