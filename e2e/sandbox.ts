import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { cheatingSandbox, prepend } from './support/sandbox-cheat.ts'
import type { harness as Harness } from './support/sandbox-harness.ts'
import type { SandboxSite } from './support/sandbox-site.ts'
import { openSandboxSite, replaceSandbox, serveSandboxSite } from './support/sandbox-site.ts'

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

test('neither network nor storage nor new code can be reached from inside a worker', async () => {
  const spawned = page.waitForEvent('worker', (worker) => worker.url().startsWith('data:'))
  await page.evaluate(async () => {
    const sandbox = await harness.open()
    Object.assign(globalThis, { kernel: await sandbox.load(harness.moody()) })
  })
  await spawned
  const worker = page.workers().find((entry) => entry.url().startsWith('data:'))
  if (worker === undefined) throw new Error('no worker is there')
  const target = site.url
  const found = await worker.evaluate(async (url) => {
    const attempt = async (act: () => unknown): Promise<string> => {
      try {
        return `reached: ${String(await act())}`
      } catch {
        return 'blocked'
      }
    }
    const opened = (socket: WebSocket): Promise<string> =>
      new Promise((resolve, reject) => {
        socket.onopen = () => resolve('open')
        socket.onerror = reject
      })
    const stored = (request: IDBOpenDBRequest): Promise<string> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve('open')
        request.onerror = reject
      })
    return {
      origin: self.origin,
      isSecure: isSecureContext,
      fetch: await attempt(() => fetch(`${url}probe`)),
      imported: await attempt(() => importScripts(`${url}probe`)),
      socket: await attempt(() => opened(new WebSocket(url.replace('http', 'ws')))),
      database: await attempt(() => stored(indexedDB.open('probe'))),
      caches: await attempt(() => caches.open('probe')),
      files: await attempt(() => navigator.storage.getDirectory()),
      evaluated: await attempt(() => new Function('return 1')()),
      channel: typeof RTCPeerConnection,
      shared: typeof SharedArrayBuffer,
    }
  }, target)
  expect(found).toEqual({
    origin: 'null',
    isSecure: true,
    fetch: 'blocked',
    imported: 'blocked',
    socket: 'blocked',
    database: 'blocked',
    caches: 'blocked',
    files: 'blocked',
    evaluated: 'blocked',
    channel: 'undefined',
    shared: 'undefined',
  })
  expect(site.hits.filter((path) => path.includes('probe'))).toEqual([])
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
    return { before, sums: runs.flat().filter(({ kind }) => kind === 'done').length }
  })
  expect(found).toEqual({ before: false, sums: 24 })
  await expect.poll(() => page.workers().length).toBe(3)
  await page.evaluate(() => document.querySelectorAll('iframe').length)
})

test('a worker never sees the kernels of two owners', async () => {
  const owner = `0x${'22'.repeat(20)}`
  await page.evaluate(async () => {
    const sandbox = await harness.open()
    Object.assign(globalThis, { sandbox })
    await harness.run(sandbox, harness.moody(), [1])
    await harness.run(sandbox, harness.moody(), [1])
  })
  const [first] = page.workers()
  expect(page.workers()).toEqual([first])
  const shown = await page.evaluate(async (owner) => {
    const { sandbox } = globalThis as unknown as { sandbox: Awaited<ReturnType<typeof harness.open>> }
    return await harness.run(sandbox, harness.moody({ owner }), [7])
  }, owner)
  expect(shown).toEqual(['7 = 49'])
  await expect.poll(() => page.workers().length).toBe(1)
  expect(page.workers()).not.toContain(first)
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

test('a sandbox that lies about sizes, units or its language harms its own units only', async () => {
  const lies = {
    large: 'message.reports[0].output = new Uint8Array(100000)',
    huge: 'message.reports[0].output = new Uint8Array(5000000)',
    foreign: 'message.reports[0].unit = 77',
    garbage: 'message = { kind: "results", run: {}, reports: 5 }',
  }
  const expected = {
    large: '7 malformed: output: expected 4 bytes',
    huge: '7 malformed: Unit 7: The sandbox sent what no worker of ours sends',
    foreign: '7 malformed: Unit 7: The sandbox sent unit 77, which it was not asked for',
    garbage: '7 malformed: Unit 7: The sandbox sent what no worker of ours sends',
  }
  for (const [name, lie] of Object.entries(lies)) {
    const script = `{
        const send = MessagePort.prototype.postMessage
        MessagePort.prototype.postMessage = function (message, ...rest) {
          if (message?.kind !== 'results') return send.call(this, message, ...rest)
          ${lie}
          return send.call(this, message)
        }
      }\n`
    await replaceSandbox(page, prepend(site.sandbox.html, script))
    const shown = await page.evaluate(async () => harness.run(await harness.open(), harness.moody(), [7]))
    expect(shown[0]).toContain(expected[name as keyof typeof expected])
  }
})

test('the cheating sandbox of the demo flips a bit of every output', async () => {
  const { html, policy } = cheatingSandbox(site.sandbox.html)
  await page.route('**/sandbox.html', (route) =>
    route.fulfill({ body: html, contentType: 'text/html', headers: { 'content-security-policy': policy } }),
  )
  const shown = await page.evaluate(async () => harness.run(await harness.open(), harness.moody(), [7, 8]))
  expect(shown).toEqual(['7 = 48', '8 = 65'])
})
