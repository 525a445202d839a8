import { probeText } from '../../src/kernels/probe/meta.ts'
import { probeNumbers } from '../../src/kernels/probe/reference.ts'
import { squareJob } from '../../src/kernels/square/sample.ts'
import { isEqual } from '../../src/protocol/bytes.ts'
import { sourceOf } from '../../src/worker/admission/measure.ts'
import type { LoadedKernel } from '../../src/worker/executor.ts'
import type { Sandbox } from '../../src/worker/sandbox.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'
import { testSource } from '../../src/worker/test-job.ts'
import { openDirect } from './direct.ts'
import { productJob } from './product-job.ts'
import { openRouting } from './routing-page.ts'

const signal = new AbortController().signal

/** The least a WGSL unit can do: one word in, one out. */
const TRIVIAL = `
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1)
fn main() { out[0] = head[0] * head[0]; }`

/** The side and the turns of the product that both sides of `sandbox-wgsl` make. */
const SIDE = 256
const TURNS = 2

async function open(): Promise<Sandbox> {
  return await openSandbox({ url: '/sandbox.html', cpuWorkers: 1, signal })
}

/** Milliseconds for a frame of these units. Throws when one of them failed. */
async function time(kernel: LoadedKernel, units: readonly number[]): Promise<number> {
  const start = performance.now()
  const runs = await kernel.run(units)
  const elapsed = performance.now() - start
  const failed = runs.find((run) => run.kind === 'failed')
  if (failed?.kind === 'failed') throw failed.failure
  return elapsed
}

/** Trivial kernels of both kinds: what a unit costs beside its computing. */
async function openTrivial() {
  const sandbox = await open()
  const wasm = await sandbox.load(sourceOf(squareJob(0, { priceWei: '1' }), 'wasm'))
  const text = new TextEncoder().encode(TRIVIAL)
  const wgsl = await sandbox.load(testSource(text, { executor: 'wgsl' }))
  const kernels = { wasm, wgsl }
  return (executor: 'wasm' | 'wgsl', units: number): Promise<number> => time(kernels[executor], range(units))
}

/** The same product in the sandbox and in the page, once checked to give the same bytes; what it gives runs so many. */
async function openProduct() {
  const text = probeText()
  const head = Uint32Array.of(SIDE, TURNS, 0, 0)
  const runDirect = await openDirect({
    text: new TextDecoder().decode(text),
    entry: 'register_tile',
    inputs: [new Uint8Array(head.buffer), probeNumbers()],
    outputBytes: 4 * SIDE ** 2,
    dispatch: [SIDE / 32, SIDE / 32],
  })
  const job = productJob({ side: `${SIDE}`, turns: TURNS, variants: ['register'] })
  const kernel = await (await open()).load(sourceOf(job, 'wgsl'))
  const [run] = await kernel.run([0])
  if (run?.kind !== 'done') throw run?.failure ?? new Error('no result')
  if (!isEqual(run.output, await runDirect(1))) throw new Error('the sandbox and the page give other bytes')
  return async (side: 'sandbox' | 'direct', units: number): Promise<number> => {
    if (side === 'sandbox') return await time(kernel, range(units))
    const start = performance.now()
    await runDirect(units)
    return performance.now() - start
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, unit) => unit)
}

const sandboxBench = { openTrivial, openProduct, openRouting }

/** What the driver calls in the page. */
export type SandboxBench = typeof sandboxBench

Object.assign(window, { sandboxBench })
