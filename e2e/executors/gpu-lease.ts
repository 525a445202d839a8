import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { prepend } from '../support/sandbox-cheat.ts'
import type { harness as Harness } from '../support/sandbox-harness.ts'
import type { SandboxSite } from '../support/sandbox-site.ts'
import { openSandboxSite, replaceSandbox, serveSandboxSite } from '../support/sandbox-site.ts'

declare const harness: typeof Harness

/** Layers of a chain of products, each a square of this side. */
const [LAYERS, SIDE, UNITS] = [4, 32, 20]
const WEIGHT_BYTES = LAYERS * SIDE * SIDE * 4
const VECTOR_BYTES = SIDE * 4

/** Reports what was written to buffers since the last report, in the place of the fuel, which WGSL has none of. */
const counter = `
if (typeof GPUQueue !== 'undefined') {
  let written = 0
  const write = GPUQueue.prototype.writeBuffer
  GPUQueue.prototype.writeBuffer = function (buffer, offset, data, ...rest) {
    written += data.byteLength
    return write.call(this, buffer, offset, data, ...rest)
  }
  const send = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (message, transfer) {
    if (message?.kind === 'results')
      for (const report of message.reports) {
        report.fuel = written
        written = 0
      }
    return send.call(this, message, transfer)
  }
}
`

const chain = `
override side: u32 = 1;
@group(0) @binding(0) var<uniform> layer: vec4u;
@group(0) @binding(1) var<storage, read> weights: array<u32>;
@group(1) @binding(0) var<storage, read> values: array<u32>;
@group(1) @binding(1) var<storage, read_write> next: array<u32>;
@compute @workgroup_size(side)
fn main(@builtin(local_invocation_id) id: vec3u) {
  var sum = 0u;
  for (var column = 0u; column < side; column = column + 1u) {
    sum = sum + weights[(layer.x * side + id.x) * side + column] * values[column];
  }
  next[id.x] = sum;
}`

let site: SandboxSite
let browser: Browser
let page: Page

test.beforeAll(async ({ playwright }, { project }) => {
  site = await serveSandboxSite()
  const options = project.use.launchOptions ?? {}
  const args = [...(options.args ?? []), '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
  browser = await playwright.chromium.launch({ ...options, args })
  page = await openSandboxSite(browser, site)
  await replaceSandbox(page, prepend(site.sandbox.html, counter))
})
test.afterAll(async () => {
  await browser.close()
  await site.close()
})

/** Runs the chain with the weights in a buffer of this scope. Gives the first word of each unit and the bytes that were uploaded. */
async function runChain(scope: 'unit' | 'lease'): Promise<{ words: number[]; uploaded: number }> {
  const job = {
    program: {
      buffers: [
        { name: 'layer', usage: 'uniform', bytes: 16, init: [{ u32: ['$iteration'] }] },
        { name: 'weights', scope, bytes: WEIGHT_BYTES, init: [{ input: 'weights' }] },
        { name: 'out', bytes: VECTOR_BYTES, init: [{ u32: ['$i', 1] }] },
        { name: 'next', bytes: VECTOR_BYTES },
      ],
      passes: [
        {
          entry: 'main',
          bindings: [
            ['layer', 'weights'],
            ['out', 'next'],
          ],
          dispatch: [1],
          overrides: { side: SIDE },
          repeat: LAYERS,
          swap: [['out', 'next']],
        },
      ],
    },
    manifest: { outputs: [{ name: 'out', type: 'u32', bytes: VECTOR_BYTES }] },
  }
  return await page.evaluate(
    async ({ chain, job, bytes, units }) => {
      const weights = new Uint8Array(
        Uint32Array.from({ length: bytes / 4 }, (_, i) => (i * 7 + 3) % 1000).buffer,
      )
      const cid = harness.wgsl(chain).manifest.programs[0]?.code.cid
      const manifest = { ...job.manifest, inputs: [{ name: 'weights', cid, bytes }] }
      const source = harness.wgsl(chain, { ...job, manifest })
      const sandbox = await harness.open()
      const kernel = await sandbox.load({ ...source, inputs: new Map([['weights', weights]]) })
      const runs = await kernel.run(Array.from({ length: units }, (_, index) => index))
      const done = runs.flatMap((run) => (run.kind === 'done' ? [run] : []))
      return {
        words: done.map(({ output }) => new DataView(output.buffer).getUint32(0, true)),
        uploaded: done.reduce((sum, { fuel = 0 }) => sum + fuel, 0),
      }
    },
    { chain, job, bytes: WEIGHT_BYTES, units: UNITS },
  )
}

/** The first word that a unit comes to, in plain TypeScript. */
function chainOf(unit: number): number {
  let values = Array.from({ length: SIDE }, (_, place) => [unit, 1][place] ?? 0)
  for (let layer = 0; layer < LAYERS; layer += 1) {
    values = values.map((_, row) => {
      const weight = (column: number): number => (((layer * SIDE + row) * SIDE + column) * 7 + 3) % 1000
      return values.reduce((sum, value, column) => (sum + Math.imul(weight(column), value)) >>> 0, 0)
    })
  }
  return values[0] ?? 0
}

test('weights of a chain of products are uploaded once for all units, and the products are right', async () => {
  const [kept, sent] = [await runChain('lease'), await runChain('unit')]
  const words = Array.from({ length: UNITS }, (_, unit) => chainOf(unit))
  expect(kept.words).toEqual(words)
  expect(sent.words).toEqual(words)
  const small = kept.uploaded - WEIGHT_BYTES
  expect(small).toBeGreaterThan(0)
  // What is left for a unit: its vector, a uniform with a place for each layer, and the words of the guard.
  expect(small / UNITS).toBeLessThanOrEqual(LAYERS * 256 + 8 + 8)
  expect(sent.uploaded).toBe(UNITS * WEIGHT_BYTES + small)
})
