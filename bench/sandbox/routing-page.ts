import { fractalJob } from '../../src/kernels/fractal/sample.ts'
import type { SampleJob } from '../../src/kernels/job.ts'
import { probeJobs, probeUnit } from '../../src/kernels/probe/sample.ts'
import { ZERO_ADDRESS } from '../../src/protocol/address.ts'
import { digestOfCid } from '../../src/protocol/cid.ts'
import { Admission } from '../../src/provider/admission/admission.ts'
import { loadKernel } from '../../src/provider/job/choose-executor.ts'
import type { ProviderSettings } from '../../src/provider/state.ts'
import { openMemoryStore } from '../../src/store/memory-store.ts'
import type { LoadedKernel } from '../../src/worker/executor.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'

const signal = new AbortController().signal
const LIMITS = { cpuDuty: 1, gpuDuty: 1, cpuWorkers: 1 }
/** A way to run a job is timed for about so long in a round, and for one unit at least. */
const ROUND_MS = 200
/** Units in a frame at most. */
const FRAME = 16

/** The jobs that are routed, with units that stand for all of theirs. */
function jobs(): ReadonlyMap<string, { job: SampleJob; units: readonly number[] }> {
  const { plain, tiled } = probeJobs()
  return new Map([
    [
      'fractal',
      { job: fractalJob(0, { priceWei: '1' }), units: Array.from({ length: FRAME }, (_, at) => 136 + at) },
    ],
    ['scalar product', { job: plain, units: [probeUnit(0, 2)] }],
    ['SIMD product', { job: tiled, units: [probeUnit(0, 2)] }],
  ])
}

/** A kernel that is loaded, and how many units it should be given at a time. */
type Way = { readonly kernel: LoadedKernel; readonly units: readonly number[] }

/** A browser as a provider has it, that was measured once; what it gives opens a job by its name and times it. */
export async function openRouting() {
  const sandbox = await openSandbox({ url: '/sandbox.html', cpuWorkers: LIMITS.cpuWorkers, signal })
  const { blobs, values } = openMemoryStore()
  const ports = { sandbox, values, browser: 'bench', nowMs: () => Date.now() }
  const admission = await Admission.open(ports, signal)
  admission.check(LIMITS)
  while (admission.isMeasuring) await admission.profile()
  const all = jobs()
  for (const { job } of all.values())
    for (const [cid, bytes] of job.blobs) await blobs.put(digestOfCid(cid), bytes)
  const source = { peer: 'none', list: absent, get: absent, abort: absent }
  const load = async (job: SampleJob, executor: ProviderSettings['executor']): Promise<LoadedKernel> =>
    await loadKernel(
      { manifest: job.manifest, owner: ZERO_ADDRESS },
      {
        sandbox,
        // Each round chooses anew: what an earlier trial showed is not remembered.
        admission: {
          profile: () => admission.profile(),
          trialOf: () => undefined,
          remember: () => undefined,
        },
        settings: { executor, cpuWorkers: LIMITS.cpuWorkers },
        from: { source, cache: blobs, signal },
      },
    )
  const open = async (name: string, executor: ProviderSettings['executor']): Promise<Way> => {
    const { job, units } = all.get(name) ?? fail(name)
    const kernel = await load(job, executor)
    const start = performance.now()
    await run(kernel, units.slice(0, 1))
    const count = Math.floor(ROUND_MS / (performance.now() - start))
    return { kernel, units: units.slice(0, Math.max(1, count)) }
  }
  return { names: [...all.keys()], open, rateOf }
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
