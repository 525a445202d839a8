import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { harness as Harness } from './support/sandbox-harness.ts'
import type { SandboxSite } from './support/sandbox-site.ts'
import { openSandboxSite, serveSandboxSite } from './support/sandbox-site.ts'

declare const harness: typeof Harness

let site: SandboxSite
let page: Page

test.beforeAll(async () => {
  site = await serveSandboxSite()
})
test.afterAll(async () => await site.close())
test.beforeEach(async ({ browser }) => {
  page = await openSandboxSite(browser, site)
})
test.afterEach(async () => await page.close())

test('the sandbox opens in data workers, and says that there is no GPU', async () => {
  const report = await page.evaluate(async () => (await harness.open()).report)
  expect(report).toEqual({ mode: 'data worker' })
  const wgsl = page.evaluate(async () => harness.failure((await harness.open()).load(harness.wgsl())))
  expect(await wgsl).toContain('unsupported: There is no WebGPU here')
})

test('WASM units give their bytes, fuel and time', async () => {
  const found = await page.evaluate(async () => {
    const kernel = await (await harness.open()).load(harness.moody())
    const runs = await kernel.run([7, 0, 999, 7])
    return { shown: harness.show(runs), first: runs[0] }
  })
  expect(found.shown).toEqual(['7 = 49', '0 = 0', '999 = 998001'])
  expect(found.first).toMatchObject({ fuel: 34, elapsedMs: expect.any(Number) })
})

test('large outputs come whole among small ones, and no unit finds what another left in the memory', async () => {
  const shown = await page.evaluate(async () => {
    const kernel = await (await harness.open()).load(harness.bulky())
    const runs = await kernel.run([9, 0, 8, 1, 7, 9, 2, 6])
    return runs.map((run) => {
      if (run.kind === 'failed') return run.failure.message
      return [run.output.length, ...new Uint32Array(run.output.buffer, 0, 2)]
    })
  })
  expect(shown).toEqual([9, 0, 8, 1, 7, 2, 6].map((unit) => [unit * 50_000 + 8, unit, 0]))
})

test('what a kernel does wrong fails its unit with the cause, and the units beside it are done', async () => {
  const shown = await page.evaluate(async () => {
    const limits = { fuel: 10_000_000, outputBytes: 64 }
    return await harness.run(
      await harness.open(),
      harness.moody({ manifest: { limits } }),
      [1, 2, 3, 4, 5, 6, 7, 1000],
    )
  })
  expect(shown).toEqual([
    '1 = 1',
    '2 fuel: Unit 2: the unit used up its 10000000 instructions',
    '3 trap: Unit 3: the kernel failed: unreachable',
    expect.stringContaining('4 memory: Unit 4: the kernel asked for more memory than its limit'),
    '5 oversized: Unit 5: the output has 128 bytes, more than the limit of 64',
    expect.stringContaining('6 malformed: Unit 6: output: expected 4 bytes'),
    '7 = 49',
    expect.stringContaining('1000 malformed: Unit 1000: unit: expected a unit from 0 to 999'),
  ])
})

test('a unit over its time is killed with its worker; the others of its frame are done by the next one', async () => {
  const limits = { fuel: 1_000_000_000_000, timeMs: 100 }
  const spawned: string[] = []
  page.on('worker', (worker) => spawned.push(worker.url().slice(0, 5)))
  const shown = await page.evaluate(
    async (limits) => harness.run(await harness.open(), harness.moody({ manifest: { limits } }), [1, 2, 7]),
    limits,
  )
  expect(shown).toEqual([
    '1 = 1',
    '2 timeout: Unit 2: the unit took more than limits.timeMs, 100 ms',
    '7 = 49',
  ])
  expect(spawned.length).toBeGreaterThanOrEqual(3)
})

test('an abort ends the run at once, keeps what was done, and the kernel goes on with the next run', async () => {
  const found = await page.evaluate(async () => {
    const limits = { fuel: 1_000_000_000_000 }
    const kernel = await (await harness.open()).load(harness.moody({ manifest: { limits } }))
    const stop = new AbortController()
    const start = performance.now()
    const running = kernel.run([2, 7], stop.signal)
    setTimeout(() => stop.abort(), 200)
    const stopped = harness.show(await running)
    const tookMs = performance.now() - start
    return { stopped, tookMs, next: harness.show(await kernel.run([7])) }
  })
  expect(found.stopped).toEqual([
    expect.stringContaining('2 cancelled'),
    expect.stringContaining('7 cancelled'),
  ])
  expect(found.tookMs).toBeLessThan(3_000)
  expect(found.next).toEqual(['7 = 49'])
})

test('refused modules name the cause when they are loaded', async () => {
  const said = await page.evaluate(async () => {
    const sandbox = await harness.open()
    const broken = harness.moody()
    return [
      await harness.failure(sandbox.load({ ...broken, code: broken.code.slice(1) })),
      await harness.failure(
        sandbox.load({ ...broken, code: broken.code.map((byte, at) => (at < 4 ? 0 : byte)) }),
      ),
      await harness.failure(sandbox.load(harness.greedy())),
      await harness.run(sandbox, broken, [7]),
    ]
  })
  expect(said[0]).toContain('malformed: code: expected')
  expect(said[1]).toContain('malformed: The code is no WASM module')
  expect(said[2]).toContain('memory: The WASM module asks for 17 pages')
  expect(said[3]).toEqual(['7 = 49'])
})

test('frames in flight share the workers; fewer or more of them can be asked for at any time', async () => {
  const found = await page.evaluate(async () => {
    const sandbox = await harness.open({ cpuWorkers: 0 })
    let isLoaded = false
    const loading = sandbox.load(harness.moody()).then((kernel) => {
      isLoaded = true
      return kernel
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    const before = isLoaded
    sandbox.setCpuWorkers(3)
    const kernel = await loading
    const frames = Array.from({ length: 12 }, (_, frame) => [frame * 10 + 7, frame * 10 + 8])
    const runs = await Promise.all(frames.map((frame) => kernel.run(frame)))
    const done = runs.flat().filter(({ kind }) => kind === 'done').length
    return { before, done, workers: sandbox.workers.length }
  })
  expect(found).toEqual({ before: false, done: 24, workers: 3 })
})

test('a worker that crashes and a frame that is torn out are replaced', async () => {
  await page.evaluate(async () => {
    const sandbox = await harness.open()
    const kernel = await sandbox.load(harness.moody({ manifest: { limits: { timeMs: 100 } } }))
    Object.assign(globalThis, { kernel })
  })
  const run = async (unit: number): Promise<string[]> =>
    await page.evaluate(async (unit) => {
      type Kernel = Awaited<ReturnType<Awaited<ReturnType<typeof harness.open>>['load']>>
      const { kernel } = globalThis as unknown as { kernel: Kernel }
      return harness.show(await kernel.run([unit]))
    }, unit)
  const [first] = page.workers()
  await first?.evaluate(() => {
    setTimeout(() => {
      throw new Error('a bug of ours')
    }, 0)
  })
  await expect.poll(() => page.workers()).not.toContain(first)
  expect(await run(8)).toEqual(['8 = 64'])
  await page.evaluate(() => document.querySelector('iframe')?.remove())
  expect(await run(9)).toEqual(['9 = 81'])
})

test('when its signal aborts, the sandbox is gone and all runs are cancelled', async () => {
  const found = await page.evaluate(async () => {
    const stop = new AbortController()
    const sandbox = await harness.open({ signal: stop.signal })
    const kernel = await sandbox.load(harness.moody({ manifest: { limits: { fuel: 1_000_000_000_000 } } }))
    const running = kernel.run([2])
    stop.abort()
    const after = harness.show([...(await running), ...(await kernel.run([7]))])
    return {
      after,
      frames: document.querySelectorAll('iframe').length,
      load: await harness.failure(sandbox.load(harness.moody())),
    }
  })
  expect(found.after).toEqual([
    expect.stringContaining('2 cancelled'),
    expect.stringContaining('7 cancelled'),
  ])
  expect(found.frames).toBe(0)
  expect(found.load).toContain('cancelled')
})

test('an address without a sandbox page is told apart from a browser without one', async () => {
  const said = await page.evaluate(async () => harness.failure(harness.open({ url: '/nothing.html' })))
  expect(said).toContain('unreachable: The sandbox page does not answer. Is /nothing.html served')
})
