import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { SandboxPage } from '../src/worker/frame/sandbox-page.ts'
import { cheatingSandbox, prepend } from './support/sandbox-cheat.ts'
import type { harness as Harness } from './support/sandbox-harness.ts'
import type { SandboxSite } from './support/sandbox-site.ts'
import { serveSandboxSite } from './support/sandbox-site.ts'

declare const harness: typeof Harness

let site: SandboxSite
/** A browser of our own with WebGPU on the software adapter: some stories hurt its GPU. */
let gpuBrowser: Browser

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite()
  const options = project.use.launchOptions ?? {}
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu']
  gpuBrowser = await playwright.chromium.launch({ ...options, args })
})

test.afterAll(async () => {
  await gpuBrowser.close()
  await site.close()
})

/** Opens the test page; whatever it reports as an error fails the test. */
async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => {
    throw error
  })
  await page.goto(site.url)
  return page
}

/** Serves another sandbox page in the place of ours. */
async function replaceSandbox(page: Page, { html, policy }: SandboxPage): Promise<void> {
  await page.unroute('**/sandbox.html')
  const headers = { 'content-security-policy': policy }
  await page.route('**/sandbox.html', (route) =>
    route.fulfill({ body: html, contentType: 'text/html', headers }),
  )
}

test.describe('without a GPU', () => {
  let page: Page
  test.beforeEach(async ({ browser }) => {
    page = await openPage(browser)
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
      const source = harness.moody({ program: { wasm: { abi: 'kernel1', stdin: [], memoryPages: 1 } } })
      const broken = harness.moody()
      return [
        await harness.failure(sandbox.load({ ...broken, code: broken.code.slice(1) })),
        await harness.failure(
          sandbox.load({ ...broken, code: broken.code.map((byte, at) => (at < 4 ? 0 : byte)) }),
        ),
        await harness.failure(sandbox.load(source)),
      ]
    })
    expect(said[0]).toContain('malformed: code: expected')
    expect(said[1]).toContain('malformed: The code is no WASM module')
    expect(said[2]).toBe('it did not fail')
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

  test('a worker that crashes or a frame that is torn out is replaced', async () => {
    const shown = await page.evaluate(async () => {
      const sandbox = await harness.open()
      const kernel = await sandbox.load(harness.moody({ manifest: { limits: { timeMs: 100 } } }))
      const before = await kernel.run([7])
      document.querySelector('iframe')?.remove()
      return harness.show([...before, ...(await kernel.run([8, 9]))])
    })
    expect(shown).toEqual(['7 = 49', '8 = 64', '9 = 81'])
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
})

test.describe('with WebGPU', () => {
  let page: Page
  test.beforeEach(async () => {
    page = await openPage(gpuBrowser)
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
    const shown = await page.evaluate(async () =>
      harness.run(await harness.open(), harness.wgsl(), [1, 2, 7]),
    )
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
      expect.stringContaining('900 memory: Unit 900: the buffers have 300000008 bytes'),
    ])
    expect(said[1]).toEqual([
      '7 = 49',
      expect.stringContaining('900 malformed: Unit 900: dispatch[0]: expected 1 to 65535'),
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

  test('a GPU process that dies fails its units as device-lost; after a rest the kernel runs again', async () => {
    await page.evaluate(async () => {
      const sandbox = await harness.open()
      const kernel = await sandbox.load(harness.wgsl())
      Object.assign(globalThis, { story: { sandbox, kernel, before: harness.show(await kernel.run([7])) } })
    })
    const session = await gpuBrowser.newBrowserCDPSession()
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    const gpu = processInfo.find(({ type }) => type === 'GPU')
    if (gpu === undefined) throw new Error('the browser has no GPU process')
    process.kill(gpu.id, 'SIGKILL')
    await session.detach()
    const found = await page.evaluate(async () => {
      type Story = {
        kernel: Awaited<ReturnType<Awaited<ReturnType<typeof harness.open>>['load']>>
        before: string[]
      }
      const { story } = globalThis as unknown as { story: Story }
      const lost = harness.show(await story.kernel.run([8]))
      const resting = harness.show(await story.kernel.run([8]))
      let after = ['']
      for (let second = 0; second < 20 && after[0] !== '8 = 64'; second += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1000))
        after = harness.show(await story.kernel.run([8]))
      }
      return { before: story.before, lost, resting, after }
    })
    expect(found.before).toEqual(['7 = 49'])
    expect(found.lost[0]).toContain('8 device-lost: The GPU device was lost')
    expect(found.resting[0]).toContain('8 device-lost: The GPU failed and is tried again in')
    expect(found.after).toEqual(['8 = 64'])
  })

  test('a WGSL unit over its time is given up, and the GPU rests while WASM goes on', async () => {
    const text = `
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64)
fn main() {
  var x = head[0];
  for (var i = 0u; i < 16000000u; i = i + 1u) { x = x * 1664525u + out[0] + i; }
  out[0] = x;
}`
    const found = await page.evaluate(async (text) => {
      const sandbox = await harness.open()
      const limits = { timeMs: 10, loopBound: 2 ** 24 }
      const program = { passes: [{ entry: 'main', bindings: [['head', 'out']], dispatch: [16] }] }
      const kernel = await sandbox.load(harness.wgsl(text, { manifest: { limits }, program }))
      const late = harness.show(await kernel.run([7]))
      return {
        late,
        resting: harness.show(await kernel.run([8])),
        wasm: await harness.run(sandbox, harness.moody(), [7]),
      }
    }, text)
    expect(found.late).toEqual(['7 timeout: Unit 7: the unit took more than limits.timeMs, 10 ms'])
    expect(found.resting[0]).toContain('8 device-lost: The GPU failed and is tried again in')
    expect(found.wasm).toEqual(['7 = 49'])
  })
})
