import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { prepend } from '../support/sandbox-cheat.ts'
import type { harness as Harness } from '../support/sandbox-harness.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, replaceSandbox, serveSandboxSite } from '../support/sandbox-site.ts'

declare const harness: typeof Harness
type Job = NonNullable<Parameters<typeof Harness.wgsl>[1]>
type Kernel = Awaited<ReturnType<Awaited<ReturnType<typeof Harness.open>>['load']>>

let site: SandboxSite
let browser: Browser
/** One page with one sandbox for all stories but the last. */
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite()
  const options = project.use.launchOptions ?? {}
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  browser = await playwright.chromium.launch({ ...options, args })
  page = await openSandboxSite(browser, site)
  await page.evaluate(async () => {
    Object.assign(globalThis, { sandbox: await harness.open() })
  })
})
test.afterAll(async () => {
  await browser.close()
  await site.close()
})

/** Runs units in the shared sandbox; gives the words of each output, or what went wrong. */
async function run(text: string, job: Job, units: number[]): Promise<(number[] | string)[]> {
  return await page.evaluate(
    async ({ text, job, units }) => {
      const { sandbox } = globalThis as unknown as { sandbox: Awaited<ReturnType<typeof harness.open>> }
      const kernel = await sandbox.load(harness.wgsl(text, job)).catch((error: Error) => error.message)
      if (typeof kernel === 'string') return [kernel]
      const runs = await kernel.run(units)
      kernel.close()
      return runs.map((run) =>
        run.kind === 'done'
          ? [...new Uint32Array(run.output.buffer)]
          : `${run.failure.code}: ${run.failure.message}`,
      )
    },
    { text, job, units },
  )
}

const CELLS = 100
const everything = `
override width: u32 = 1;
struct Turn { iteration: u32, step: u32, unit: u32 }
@group(0) @binding(0) var<uniform> turn: Turn;
@group(1) @binding(0) var<storage, read> cells: array<u32>;
@group(1) @binding(1) var<storage, read_write> next: array<u32>;
@group(2) @binding(1) var<storage, read_write> odd: atomic<u32>;
@group(2) @binding(2) var<storage, read_write> log: array<u32>;
@compute @workgroup_size(width)
fn mix(@builtin(global_invocation_id) id: vec3u) {
  let count = arrayLength(&cells);
  if (id.x >= count) { return; }
  let left = cells[(id.x + count - 1u) % count];
  next[id.x] = cells[id.x] * 3u + left + turn.iteration * 7u + turn.step + turn.unit;
  if ((next[id.x] & 1u) == 1u) { atomicAdd(&odd, 1u); }
}
@compute @workgroup_size(1)
fn note() { log[turn.iteration] = atomicExchange(&odd, 0u); }`
const everythingJob: Job = {
  program: {
    buffers: [
      { name: 'turn', usage: 'uniform', bytes: 12, init: [{ u32: ['$iteration', '$step', '$i'] }] },
      { name: 'cells', bytes: 4 * CELLS, init: [{ u32: ['$i', 1, 2, 3] }] },
      { name: 'next', bytes: 4 * CELLS },
      { name: 'odd', bytes: 4 },
      { name: 'log', bytes: 12 },
    ],
    passes: [
      {
        repeat: 3,
        passes: [
          {
            entry: 'mix',
            bindings: [['turn'], ['cells', 'next'], ['log', 'odd', 'log']],
            dispatch: [`ceil(${CELLS}/32)`],
            overrides: { width: 32 },
            repeat: '$iteration + 1',
            swap: [['cells', 'next']],
          },
          { entry: 'note', bindings: [['turn'], [], ['odd', 'odd', 'log']], dispatch: [1] },
        ],
      },
    ],
  },
  manifest: {
    outputs: [
      { name: 'cells', type: 'u32', bytes: 4 * CELLS },
      { name: 'log', type: 'u32', bytes: 12 },
    ],
  },
}

/** What the program above does, in plain TypeScript: both outputs, each behind its length. */
function everythingOf(unit: number): number[] {
  let cells = Array.from({ length: CELLS }, (_, place) => [unit, 1, 2, 3][place] ?? 0)
  const log: number[] = []
  for (let iteration = 0; iteration < 3; iteration += 1) {
    let odd = 0
    for (let step = 0; step <= iteration; step += 1) {
      cells = cells.map((cell, place) => {
        const left = cells[(place + CELLS - 1) % CELLS] ?? 0
        return (cell * 3 + left + iteration * 7 + step + unit) >>> 0
      })
      odd += cells.filter((cell) => cell % 2 === 1).length
    }
    log.push(odd)
  }
  return [4 * CELLS, ...cells, 12, ...log]
}

test('groups of bindings, uniforms of the turn, two entry points, overrides, repeats, swaps, atomics and two outputs', async () => {
  const units = [0, 1, 2, 900]
  expect(await run(everything, everythingJob, units)).toEqual(units.map(everythingOf))
})

test('a program gets the limits that it requires, and no others', async () => {
  const text = `
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
var<workgroup> large: array<u32, 4200>;
@compute @workgroup_size(64)
fn main() { large[4199] = head[0]; out[0] = large[4199] + 1u; }`
  const requires = (bytes: number): Job => ({
    program: { requires: { limits: { maxComputeWorkgroupStorageSize: bytes } } },
  })
  expect(await run(text, requires(16_800), [6, 7])).toEqual([[7], [8]])
  expect((await run(text, {}, [6]))[0]).toContain('workgroup')
  expect(await run(text, requires(2 ** 30), [6])).toEqual([
    'This GPU allows maxComputeWorkgroupStorageSize up to 32768; requires.limits asks for 1073741824',
  ])
})

test('a program gets the features that it requires; what the GPU lacks is refused by its name', async () => {
  const text = `enable subgroups;
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(32)
fn main(@builtin(subgroup_size) size: u32) { out[0] = subgroupAdd(head[0]) / size; }`
  const requires = (...features: string[]): Job => ({ program: { requires: { features } } })
  expect(await run(text, requires('subgroups'), [5])).toEqual([[5]])
  expect((await run(text, {}, [5]))[0]).toContain('subgroups')
  expect(await run(text, requires('subgroups', 'shader-f16'), [5])).toEqual([
    'This GPU has no shader-f16, which requires.features asks for',
  ])
})

test('a loop that is cut short in any pass is told as fuel', async () => {
  const text = `
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1) fn first() { var n = 0u; while (head[0] == 2u) { n = n + out[0]; } out[0] = n; }
@compute @workgroup_size(1) fn last() { out[0] = out[0] + 5u; }`
  const pass = (entry: string): object => ({ entry, bindings: [['head', 'out']], dispatch: [1] })
  expect(await run(text, { program: { passes: [pass('first'), pass('last')] } }, [1, 2, 3])).toEqual([
    [5],
    expect.stringContaining('fuel: Unit 2'),
    [5],
  ])
})

test('many dispatches are submitted in parts and come to the same', async () => {
  const text = `
@group(0) @binding(0) var<uniform> turn: vec2u;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1) fn main() { out[0] = out[0] * 5u + turn.x; }`
  const buffers = [
    { name: 'turn', usage: 'uniform', bytes: 8, init: [{ u32: ['$iteration', 0] }] },
    { name: 'out', bytes: 4, init: [{ u32: ['$i'] }] },
  ]
  const passes = [{ entry: 'main', bindings: [['turn', 'out']], dispatch: [1], repeat: 500 }]
  const expected = (unit: number): number => {
    let value = unit
    for (let turn = 0; turn < 500; turn += 1) value = (Math.imul(value, 5) + turn) >>> 0
    return value
  }
  expect(await run(text, { program: { buffers, passes } }, [1, 2, 3, 4])).toEqual(
    [1, 2, 3, 4].map((unit) => [expected(unit)]),
  )
})

test('a round works on the result of the round before', async () => {
  const text = `
@group(0) @binding(0) var<storage, read> all: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1) fn main() { out[0] = all[0] * 10u + all[1]; }`
  const found = await page.evaluate(async (text) => {
    const { sandbox } = globalThis as unknown as { sandbox: Awaited<ReturnType<typeof harness.open>> }
    const seed = new Uint8Array(Uint32Array.of(4, 0).buffer)
    const plain = harness.wgsl(text)
    const source = harness.wgsl(text, {
      manifest: {
        rounds: 3,
        inputs: [{ name: 'seed', cid: plain.manifest.programs[0]?.code.cid, bytes: 8 }],
      },
      program: {
        buffers: [
          { name: 'head', bytes: 12, init: [{ previous: 'seed', from: 0, bytes: 4 }, { u32: ['$round'] }] },
          { name: 'out', bytes: 4 },
        ],
      },
    })
    const kernel = await sandbox.load({ ...source, inputs: new Map([['seed', seed]]) })
    const words: number[] = []
    let previous = new Uint8Array()
    for (let index = 0; index < 3; index += 1) {
      const [done] = await kernel.run([0], undefined, { index, previous })
      if (done?.kind !== 'done') throw new Error('a round failed')
      previous = done.output
      words.push(new DataView(previous.buffer).getUint32(0, true))
    }
    return words
  }, text)
  expect(found).toEqual([40, 401, 4012])
})

/** A GPU that forgets the dispatches of some units, and says nothing. */
const forgetful = `
if (typeof GPUComputePassEncoder !== 'undefined') {
  let count = 0
  const begin = GPUCommandEncoder.prototype.beginComputePass
  GPUCommandEncoder.prototype.beginComputePass = function (...args) {
    const pass = begin.apply(this, args)
    count += 1
    if (count === 2) pass.dispatchWorkgroups = () => undefined
    return pass
  }
}
`

test('zeros of a unit that the GPU lost are a lost device, never a result', async () => {
  const lossy = await openSandboxSite(browser, site)
  await replaceSandbox(lossy, prepend(site.sandbox.html, forgetful))
  const shown = await lossy.evaluate(async () => {
    const kernel: Kernel = await (await harness.open()).load(harness.wgsl())
    return [harness.show(await kernel.run([7])), harness.show(await kernel.run([8]))]
  })
  expect(shown[0]).toEqual(['7 = 49'])
  expect(shown[1]?.[0]).toContain('8 device-lost: Unit 8: the GPU did not do all of the unit')
  await lossy.close()
})

/** A browser that refuses a buffer of 20 bytes. */
const fussy = `
if (typeof GPUDevice !== 'undefined') {
  const create = GPUDevice.prototype.createBuffer
  GPUDevice.prototype.createBuffer = function (options) {
    return create.call(this, options.size === 20 ? { ...options, usage: 0 } : options)
  }
}
`

test("a unit that the GPU refuses is told in the GPU's words, and those beside it are done", async () => {
  const text = `
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> room: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1) fn main() { room[0] = head[0]; out[0] = room[0] * 10u + arrayLength(&room); }`
  const buffers = [
    { name: 'head', bytes: 4, init: [{ u32: ['$i'] }] },
    { name: 'room', bytes: '4*$i' },
    { name: 'out', bytes: 4 },
  ]
  const passes = [{ entry: 'main', bindings: [['head', 'room', 'out']], dispatch: [1] }]
  const refusing = await openSandboxSite(browser, site)
  await replaceSandbox(refusing, prepend(site.sandbox.html, fussy))
  const shown = await refusing.evaluate(
    async ({ text, job }) => {
      const kernel: Kernel = await (await harness.open()).load(harness.wgsl(text, job))
      return harness.show(await kernel.run([3, 4, 5, 6, 7, 8]))
    },
    { text, job: { program: { buffers, passes } } },
  )
  expect(shown).toEqual([
    '3 = 33',
    '4 = 44',
    expect.stringMatching(/^5 trap: Unit 5: the GPU refused the kernel: .*[Uu]sage/),
    '6 = 66',
    '7 = 77',
    '8 = 88',
  ])
  await refusing.close()
})
