import type { SampleJob } from '../../kernels/job.ts'
import { probe } from '../../kernels/probe/meta.ts'
import { checkWord } from '../../kernels/probe/reference.ts'
import { fingerprintJob, probeJobs, probeUnit } from '../../kernels/probe/sample.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Cid } from '../../protocol/cid.ts'
import { digestOf } from '../../protocol/digest.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Executor, KernelSource, LoadedKernel, UnitRun } from '../executor.ts'
import type { Sandbox } from '../sandbox.ts'
import { programOf } from '../unit.ts'
import type { Profile } from './profile.ts'

/** What a measurement needs. `rest` keeps the visitor's share of time: it waits in proportion to what was busy. */
export type MeasureOptions = {
  readonly sandbox: Sandbox
  readonly cpuWorkers: number
  rest(executor: Executor, busyMs: number): Promise<void>
  readonly signal: AbortSignal
}

/** What was measured; the rest of a profile is known beforehand. */
export type Measured = Omit<Profile, 'conditions' | 'measuredAt'>

/** A unit should take about so long: enough to hide what a unit costs beside its kernel. */
const TARGET_MS = 25

/** A GPU so far behind is not measured further: to compile workgroup memory in software takes longer than all the rest. */
const FAR_BEHIND = 4

/**
 * Measures what this browser is good at, through the sandbox as any job: WASM without and with SIMD on all workers at once,
 * WGSL with register and workgroup tiles, and how its floats behave. What fails or gives wrong words has the rate 0.
 * Throws `cancelled` when the signal aborts, and `device-lost` or `unreachable` when it should be tried again later.
 */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { sandbox, cpuWorkers } = options
  const { plain, tiled } = probeJobs()
  const wasm = { scalar: 0, simd: 0 }
  if (cpuWorkers > 0) {
    wasm.scalar = await rateOf(plain, 'wasm', options)
    wasm.simd = await rateOf(tiled, 'wasm', options)
  }
  const { gpu } = sandbox.report
  if (gpu === undefined) return { wasm }
  const numeric = await numericClass(options)
  if (numeric === undefined) return { wasm }
  const register = await rateOf(plain, 'wgsl', options)
  const known = { isSoftware: gpu.isFallbackAdapter, numeric, register }
  if (register * FAR_BEHIND < Math.max(wasm.scalar, wasm.simd)) return { wasm, wgsl: known }
  return { wasm, wgsl: { ...known, workgroup: await rateOf(tiled, 'wgsl', options) } }
}

/** The class of the floats of the GPU: adapters of one class gave the same bytes. Undefined when the kernel does not run. */
export async function numericClass({
  sandbox,
  signal,
}: Pick<MeasureOptions, 'sandbox' | 'signal'>): Promise<string | undefined> {
  return await withKernel(sandbox, sourceOf(fingerprintJob(), 'wgsl'), async (kernel) => {
    const [run] = await kernel.run([0], signal)
    return run?.kind === 'done' ? `f32-${digestOf(run.output).slice(0, 12)}` : stopFor(run)
  })
}

/** Millions of multiply-adds a second: a small unit says how large the next one may be. */
async function rateOf(job: SampleJob, executor: Executor, options: MeasureOptions): Promise<number> {
  const rate = await withKernel(options.sandbox, sourceOf(job, executor), async (kernel) => {
    let found = await runOnAll(kernel, { scale: 0, turns: 1 }, options)
    while (found !== undefined && found.slowestMs < TARGET_MS / 2) {
      const size = sizeFor(found.perMs / found.count)
      const isLast = size.scale === 2 && size.turns === probe.maxTurns
      const next = await runOnAll(kernel, size, options)
      if (isLast || next === undefined || next.slowestMs <= found.slowestMs) return next?.perMs ?? 0
      found = next
    }
    return found?.perMs ?? 0
  })
  return Math.round((rate ?? 0) / 1000)
}

type Size = { readonly scale: number; readonly turns: number }
/** Multiply-adds a millisecond of all units together, and the longest of them. */
type Pace = { readonly perMs: number; readonly slowestMs: number; readonly count: number }

/** The size that takes about `TARGET_MS` at a pace: large matrices first, then more turns. */
function sizeFor(perMs: number): Size {
  const wanted = perMs * TARGET_MS
  const scale = probe.sides.findLastIndex((side) => side ** 3 <= wanted)
  const side = probe.sides[Math.max(0, scale)] ?? probe.maxSide
  return {
    scale: Math.max(0, scale),
    turns: Math.min(probe.maxTurns, Math.max(1, Math.round(wanted / side ** 3))),
  }
}

async function runOnAll(
  kernel: LoadedKernel,
  { scale, turns }: Size,
  { cpuWorkers, rest, signal }: MeasureOptions,
): Promise<Pace | undefined> {
  const count = kernel.executor === 'wasm' ? cpuWorkers : 1
  const unit = probeUnit(scale, turns)
  const runs = (await Promise.all(Array.from({ length: count }, () => kernel.run([unit], signal)))).flat()
  const work = (probe.sides[scale] ?? 0) ** 3 * turns
  const check = Math.imul(probe.checks[scale] ?? 0, turns) >>> 0
  let [perMs, slowestMs] = [0, 0]
  for (const run of runs) {
    if (run.kind !== 'done') return stopFor(run)
    if (checkWord(new Uint32Array(run.output.buffer)) !== check) return undefined
    const elapsedMs = Math.max(0.1, run.elapsedMs) // the clock of a worker has steps of 0.1 ms
    perMs += work / elapsedMs
    slowestMs = Math.max(slowestMs, elapsedMs)
  }
  await rest(kernel.executor, slowestMs)
  return { perMs, slowestMs, count }
}

/** One program of a sample job as the sandbox takes it, owned by nobody. Throws `unsupported` when it has no such program. */
export function sourceOf({ manifest, blobs }: SampleJob, executor: Executor): KernelSource {
  const get = (cid: Cid): Uint8Array => blobs.get(cid) ?? new Uint8Array(0)
  const inputs = new Map(manifest.inputs.map(({ name, cid }) => [name, get(cid)]))
  const code = get(programOf(manifest, executor).code.cid)
  return { owner: ZERO_ADDRESS, manifest, executor, code, inputs }
}

/** Gives what `use` gives; undefined when the kernel does not load. */
async function withKernel<T>(
  sandbox: Sandbox,
  source: KernelSource,
  use: (kernel: LoadedKernel) => Promise<T>,
): Promise<T | undefined> {
  try {
    const kernel = await sandbox.load(source)
    try {
      return await use(kernel)
    } finally {
      kernel.close()
    }
  } catch (error) {
    if (!(error instanceof Failure) || PASSING.includes(error.code)) throw error
    return undefined
  }
}

/** Says nothing of what a browser can do, only that it could not be asked. */
const PASSING: readonly string[] = ['cancelled', 'unreachable', 'device-lost', 'wedged']

function stopFor(run: UnitRun | undefined): undefined {
  if (run?.kind === 'failed' && PASSING.includes(run.failure.code)) throw run.failure
  return undefined
}
