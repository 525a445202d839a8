import { fractalJob } from '../../src/kernels/fractal/sample.ts'
import type { SampleJob } from '../../src/kernels/job.ts'
import { ZERO_ADDRESS } from '../../src/protocol/address.ts'
import { digestOfCid } from '../../src/protocol/cid.ts'
import type { Program } from '../../src/protocol/manifest/program.ts'
import { Admission } from '../../src/provider/admission/admission.ts'
import type { ChoiceParts } from '../../src/provider/job/choose-executor.ts'
import { loadKernel } from '../../src/provider/job/choose-executor.ts'
import { openMemoryStore } from '../../src/store/memory-store.ts'
import type { KernelSource, LoadedKernel } from '../../src/worker/executor.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'
import { productJob } from './product-job.ts'

const signal = new AbortController().signal
const LIMITS = { cpuDuty: 1, gpuDuty: 1, cpuWorkers: 1 }
/** A way to run a job is timed for about so long in a round, and for one unit at least. */
const ROUND_MS = 200
/** Units in a frame at most. */
const FRAME = 16

/** A job, and units that stand for all of its. */
type Task = { readonly job: SampleJob; readonly units: readonly number[] }

/** The jobs that are routed: of WASM by experts and by a beginner, of two kinds of tiles, and one that begins unlike the rest. */
function tasks(naive: Uint8Array): ReadonlyMap<string, Task> {
  const product = (side: string, wasm?: 'scalar' | 'SIMD' | Uint8Array): SampleJob =>
    productJob({ side, turns: 1, variants: ['register'], ...(wasm === undefined ? {} : { wasm }) })
  const tiles = productJob({ side: '256', turns: 1, variants: ['workgroup', 'register'] })
  const deep = Array.from({ length: FRAME }, (_, at) => 136 + at)
  return new Map([
    ['fractal', { job: fractalJob(0, { priceWei: '1' }), units: deep }],
    ['SIMD product', { job: product('256', 'SIMD'), units: [20] }],
    ['scalar product', { job: product('256', 'scalar'), units: [20] }],
    ['naive product', { job: product('256', naive), units: [20] }],
    // Three small units, then large ones.
    ['naive product, small at first', { job: product('32+224*min(1,max(0,$i-2))', naive), units: [20] }],
    ['tiles', { job: tiles, units: [20] }],
  ])
}

/** A kernel that is loaded, the name of its program, and how many units it should be given at a time. */
type Way = { readonly kernel: LoadedKernel; readonly program: string; readonly units: readonly number[] }

/** A browser as a provider has it, that was measured once; what it gives opens a job by its name and times it. */
export async function openRouting(naive: readonly number[]) {
  const sandbox = await openSandbox({ url: '/sandbox.html', cpuWorkers: LIMITS.cpuWorkers, signal })
  const { blobs, values } = openMemoryStore()
  const ports = { sandbox, values, browser: 'bench', nowMs: () => Date.now() }
  const admission = await Admission.open(ports, signal)
  admission.check(LIMITS)
  while (admission.isMeasuring) await admission.profile()
  const all = tasks(Uint8Array.from(naive))
  for (const { job } of all.values())
    for (const [cid, bytes] of job.blobs) await blobs.put(digestOfCid(cid), bytes)
  const source = { peer: 'none', list: absent, get: absent, abort: absent }
  const loaded = new WeakMap<LoadedKernel, string>()
  const load = async (from: KernelSource): Promise<LoadedKernel> => {
    const kernel = await sandbox.load(from)
    loaded.set(kernel, from.manifest.programs.map(nameOf).join())
    return kernel
  }
  const parts: ChoiceParts = {
    sandbox: { report: sandbox.report, load },
    // Each round chooses anew: what an earlier trial showed is not remembered.
    admission: { profile: () => admission.profile(), trialOf: () => undefined, remember: () => undefined },
    settings: { executor: 'auto', cpuWorkers: LIMITS.cpuWorkers },
    from: { source, cache: blobs, signal },
  }
  /** Opens a job by one of its programs, or by what is chosen. */
  const open = async (name: string, program?: string): Promise<Way> => {
    const { job, units } = all.get(name) ?? fail(name)
    const programs = job.manifest.programs.filter((each) => program === undefined || nameOf(each) === program)
    const kernel = await loadKernel({ manifest: { ...job.manifest, programs }, owner: ZERO_ADDRESS }, parts)
    const start = performance.now()
    await run(kernel, units.slice(0, 1))
    const count = Math.max(1, Math.floor(ROUND_MS / (performance.now() - start)))
    return { kernel, program: loaded.get(kernel) ?? fail(name), units: units.slice(0, count) }
  }
  const programsOf = (name: string): string[] =>
    (all.get(name) ?? fail(name)).job.manifest.programs.map(nameOf)
  return { names: [...all.keys()], programsOf, open, rateOf }
}

function nameOf(program: Program): string {
  return program.kind === 'wasm'
    ? 'WASM'
    : `WGSL${program.variant === undefined ? '' : ` ${program.variant}`}`
}

/** Units a second. */
async function rateOf({ kernel, units }: Way): Promise<number> {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < ROUND_MS) count += await run(kernel, units)
  return (1000 * count) / (performance.now() - start)
}

async function run(kernel: LoadedKernel, units: readonly number[]): Promise<number> {
  for (const result of await kernel.run(units)) if (result.kind === 'failed') throw result.failure
  return units.length
}

function fail(name: string): never {
  throw new Error(`there is no job ${name}`)
}

function absent(): never {
  throw new Error('all blobs are in the cache')
}
