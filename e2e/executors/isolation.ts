import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { prepend } from '../support/sandbox-cheat.ts'
import type { harness as Harness } from '../support/sandbox-harness.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, replaceSandbox, serveSandboxSite } from '../support/sandbox-site.ts'

declare const harness: typeof Harness
type Sandbox = Awaited<ReturnType<typeof harness.open>>
type View = Sandbox['workers'][number]

const [alice, bob] = [`0x${'aa'.repeat(20)}`, `0x${'bb'.repeat(20)}`]
/** Notes inside each worker which kernels it was given: what the page says of itself is not believed. */
const note = `if (typeof document === 'undefined') {
  const given = (globalThis.given = [])
  const send = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (message, transfer) {
    if (message?.kind === 'loaded') given.push(message.kernel)
    return send.call(this, message, transfer)
  }
}
`

let site: SandboxSite
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite()
  const options = project.use.launchOptions ?? {}
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  browser = await playwright.chromium.launch({ ...options, args })
})
test.afterAll(async () => {
  await browser.close()
  await site.close()
})
test.beforeEach(async () => {
  page = await openSandboxSite(browser, site)
  await replaceSandbox(page, { ...prepend(site.sandbox.html, note) })
})
test.afterEach(async () => await page.close())

/** The kernels that each worker was given that has any, as the workers themselves say. */
async function given(): Promise<number[][]> {
  const lists = page.workers().map((worker) => worker.evaluate('globalThis.given'))
  const all = (await Promise.all(lists)) as number[][]
  return all.filter((kernels) => kernels.length > 0) // one worker may be kept ready for the next cell
}

const place = ({ frame, worker }: View): string => `${frame}/${worker}`
const sorted = (lists: readonly (readonly number[])[]): string[] => lists.map(String).toSorted()

const sum = (times: readonly number[]): number => times.reduce((all, each) => all + each, 0)

test('two publishers are served at once on processor and GPU, each by workers of its own that stay', async () => {
  const found = await page.evaluate(
    async ([alice, bob]) => {
      const sandbox = await harness.open({ cpuWorkers: 2 })
      const load = (owner = ''): Promise<Awaited<ReturnType<Sandbox['load']>>[]> =>
        Promise.all([
          sandbox.load(harness.moody({ owner })),
          sandbox.load(harness.wgsl(undefined, { owner })),
        ])
      const kernels = [...(await load(alice)), ...(await load(bob))]
      const before = sandbox.workers
      const shown: string[][] = []
      for (let turn = 0; turn < 5; turn += 1) {
        const frames = kernels.map((kernel) => kernel.run([7 + turn, 17 + turn]))
        shown.push((await Promise.all(frames)).flatMap(harness.show))
      }
      return { before, after: sandbox.workers, shown }
    },
    [alice, bob],
  )
  const squares = (turn: number): string[] => [7 + turn, 17 + turn].map((unit) => `${unit} = ${unit * unit}`)
  expect(found.shown).toEqual([0, 1, 2, 3, 4].map((turn) => Array(4).fill(squares(turn)).flat()))
  for (const cell of [alice, bob])
    expect(found.after.filter((view) => view.cell === cell).map(({ executor }) => executor)).toEqual(
      expect.arrayContaining(['wasm', 'wgsl']),
    )
  expect(found.after.map(place)).toEqual(expect.arrayContaining(found.before.map(place)))
  expect(new Set(found.after.map(place)).size).toBe(found.after.length)
  expect(sorted(await given())).toEqual(sorted(found.after.map(({ kernels }) => kernels)))
})

test('a publisher whose kernel hangs or breaks its worker costs another one nothing', async () => {
  const found = await page.evaluate(
    async ([alice, bob]) => {
      const sandbox = await harness.open({ cpuWorkers: 2 })
      const limits = { fuel: 1_000_000_000_000, timeMs: 500 }
      const hostile = await sandbox.load(harness.moody({ owner: alice ?? '', manifest: { limits } }))
      const honest = await sandbox.load(harness.moody({ owner: bob ?? '' }))
      const of = (): View | undefined => sandbox.workers.find(({ cell }) => cell === bob)
      const before = of()
      const order: string[] = []
      const [attack, work] = await Promise.all([
        hostile.run([2, 3]).finally(() => order.push('hostile')),
        honest.run([7, 8]).finally(() => order.push('honest')),
      ])
      return { attack: harness.show(attack), work: harness.show(work), order, before, after: of() }
    },
    [alice, bob],
  )
  expect(found.attack).toEqual([expect.stringContaining('2 timeout'), expect.stringContaining('3 trap')])
  expect(found.work).toEqual(['7 = 49', '8 = 64'])
  expect(found.order).toEqual(['honest', 'hostile'])
  expect(found.after).toEqual({ ...found.before, units: 2 })
})

test('a private kernel has a frame of its own, which goes away when it is closed', async () => {
  const found = await page.evaluate(
    async ([alice]) => {
      const frames = (): number => document.querySelectorAll('iframe').length
      const sandbox = await harness.open({ cpuWorkers: 2 })
      const open = await sandbox.load(harness.moody({ owner: alice ?? '' }))
      const hidden = [
        await sandbox.load({ ...harness.moody({ owner: alice ?? '' }), isPrivate: true }),
        await sandbox.load({ ...harness.wgsl(undefined, { owner: alice ?? '' }), isPrivate: true }),
      ]
      const runs = await Promise.all([open, ...hidden].map((kernel) => kernel.run([9])))
      const during = { frames: frames(), workers: sandbox.workers }
      for (const kernel of hidden) kernel.close()
      await new Promise((resolve) => setTimeout(resolve, 0))
      const refused = { ...harness.greedy(), isPrivate: true as const }
      const failure = await harness.failure(sandbox.load(refused))
      const after = { frames: frames(), workers: sandbox.workers, again: harness.show(await open.run([7])) }
      return { shown: runs.flatMap(harness.show), during, after, failure }
    },
    [alice],
  )
  expect(found.shown).toEqual(['9 = 81', '9 = 81', '9 = 81'])
  expect(found.during.frames).toBe(3)
  expect(new Set(found.during.workers.map(({ frame }) => frame)).size).toBe(3)
  expect(found.during.workers.every(({ kernels }) => kernels.length === 1)).toBe(true)
  expect(found.failure).toContain('memory')
  expect(found.after).toMatchObject({ frames: 1, workers: [{ cell: alice }], again: ['7 = 49'] })
  expect(sorted(await given())).toEqual(sorted(found.after.workers.map(({ kernels }) => kernels)))
})

test('a publisher with one job has as many turns on processor and GPU as one with five', async () => {
  const found = await page.evaluate(
    async ([alice, bob]) => {
      const sandbox = await harness.open()
      const owners = [alice, alice, alice, alice, alice, bob]
      const take = async (kind: 'moody' | 'wgsl'): Promise<string> => {
        const of = (owner = ''): ReturnType<Sandbox['load']> =>
          sandbox.load(kind === 'wgsl' ? harness.wgsl(undefined, { owner }) : harness.moody({ owner }))
        const kernels = await Promise.all(owners.map(of))
        const order: string[] = []
        await Promise.all(
          kernels.map(async (kernel, job) => {
            for (let frame = 0; frame < 10; frame += 1) {
              await kernel.run([7, 8, 9])
              order.push(owners[job] === bob ? 'b' : `${job}`)
            }
          }),
        )
        return order.join('')
      }
      return { wasm: await take('moody'), wgsl: await take('wgsl') }
    },
    [alice, bob],
  )
  for (const [executor, order] of Object.entries(found)) {
    expect(order, executor).toMatch(/(b\d){9}/)
    expect([...order.replaceAll('b', '').slice(0, 5)].toSorted().join(''), executor).toBe('01234')
  }
})

test('a publisher of long units in a long lease leaves another one its turns on the only lane', async () => {
  const found = await page.evaluate(
    async ([alice, bob]) => {
      const sandbox = await harness.open()
      const limits = { fuel: 1_000_000_000_000, timeMs: 60_000 }
      const load = (owner: string | undefined, turns: number): ReturnType<Sandbox['load']> =>
        sandbox.load(harness.patient(turns, { owner: owner ?? '', manifest: { limits } }))
      const probe = await load(alice, 2 ** 24)
      const [probed] = await probe.run([1])
      probe.close()
      if (probed?.kind !== 'done') throw new Error('the machine could not be measured')
      const slow = await load(alice, Math.ceil((2 ** 24 * 400) / probed.elapsedMs))
      const quick = await load(bob, 1)
      const stop = new AbortController()
      const lease = slow.run(
        Array.from({ length: 200 }, (_, unit) => unit),
        stop.signal,
      )
      // The first unit of her worker was the probe's.
      const done = (): number => (sandbox.workers.find(({ cell }) => cell === alice)?.units ?? 1) - 1
      const turns: (readonly [from: number, to: number])[] = []
      const shown: string[] = []
      for (let turn = 0; turn < 4; turn += 1) {
        const before = done()
        shown.push(...harness.show(await quick.run([turn + 5])))
        turns.push([before, done()])
      }
      stop.abort()
      // The one that was stopped took no time.
      const times = (await lease).flatMap((run) => (run.kind === 'done' ? [run.elapsedMs] : []))
      return { shown, waits: turns.map(([from, to]) => times.slice(from, to)) }
    },
    [alice, bob],
  )
  expect(found.shown).toEqual(['5 = 25', '6 = 36', '7 = 49', '8 = 64'])
  // A turn lasts a second and no unit begins after it.
  for (const units of found.waits)
    expect(sum(units.slice(0, -1)), JSON.stringify(found.waits)).toBeLessThan(1_000)
  expect(found.waits.slice(1).map(sum), 'and the other goes on meanwhile').not.toContain(0)
})
