import { fractalJob } from '../../src/kernels/fractal/sample.ts'
import type { SampleJob } from '../../src/kernels/job.ts'
import { matmulIntegerJob } from '../../src/kernels/matmul-integer/sample.ts'
import { checkWord } from '../../src/kernels/probe/reference.ts'
import { probeJobs, probeUnit } from '../../src/kernels/probe/sample.ts'
import { ZERO_ADDRESS } from '../../src/protocol/address.ts'
import { digestOfCid } from '../../src/protocol/cid.ts'
import { digestOf } from '../../src/protocol/digest.ts'
import type { Program } from '../../src/protocol/manifest/program.ts'
import type { Throttle } from '../../src/provider/admission/admission.ts'
import { Admission } from '../../src/provider/admission/admission.ts'
import type { ChoiceParts } from '../../src/provider/job/choose-executor.ts'
import { loadKernel } from '../../src/provider/job/choose-executor.ts'
import type { ProviderSettings } from '../../src/provider/state.ts'
import { openBestTabStore } from '../../src/store/best-tab-store.ts'
import { numericClass, sourceOf } from '../../src/worker/admission/measure.ts'
import type { LoadedKernel } from '../../src/worker/executor.ts'
import type { Sandbox } from '../../src/worker/sandbox.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'

const signal = new AbortController().signal

/** What a GPU does with numbers in registers, and in workgroup memory. */
type Rates = { readonly register: number; readonly workgroup: number }

/** A browser that begins to contribute, as far as admission goes: the real store, sandbox, measurement and choice. */
async function start(throttle: Partial<Throttle> = {}, browser = navigator.userAgent) {
  const limits = { cpuDuty: 1, gpuDuty: 1, cpuWorkers: 1, ...throttle }
  const { store } = await openBestTabStore('admission', signal)
  const sandbox = await openSandbox({ url: '/sandbox.html', cpuWorkers: limits.cpuWorkers, signal })
  const ports = { sandbox, values: store.values, browser, nowMs: () => Date.now() }
  const admission = await Admission.open(ports, signal)
  admission.check(limits)
  let profile = await admission.profile()
  while (admission.isMeasuring) profile = await admission.profile() // a busy machine takes longer than a job waits
  /** With `rates` the GPU is taken to have these; `loaded` hears of each program that goes into the sandbox. */
  const choose = async (
    executor: ProviderSettings['executor'],
    job: SampleJob,
    { rates, loaded }: { rates?: Rates; loaded?(program: Program): void } = {},
  ): Promise<LoadedKernel> => {
    for (const [cid, bytes] of job.blobs) await store.blobs.put(digestOfCid(cid), bytes)
    const source = { peer: 'none', list: absent, get: absent, abort: absent }
    const from = { source, cache: store.blobs, signal }
    const settings = { executor, cpuWorkers: limits.cpuWorkers }
    const noted: ChoiceParts['sandbox'] = {
      report: sandbox.report,
      load(source) {
        for (const program of source.manifest.programs) loaded?.(program)
        return sandbox.load(source)
      },
    }
    const changed: ChoiceParts['admission'] = {
      profile: async () => profile?.wgsl && { ...profile, wgsl: { ...profile.wgsl, ...rates } },
      trialOf: (programs) => admission.trialOf(programs),
      remember: (programs, trial) => admission.remember(programs, trial),
    }
    return await loadKernel(
      { manifest: job.manifest, owner: ZERO_ADDRESS },
      { sandbox: noted, admission: rates === undefined ? admission : changed, settings, from },
    )
  }
  return { sandbox, admission, profile, choose }
}

function absent(): never {
  throw new Error('all blobs are in the cache')
}

/** The check words of three turns of a small product, by each of the four ways. */
async function probe(sandbox: Sandbox): Promise<number[]> {
  const { plain, tiled } = probeJobs()
  const words: number[] = []
  for (const executor of ['wasm', 'wgsl'] as const)
    for (const job of [plain, tiled]) {
      const kernel = await sandbox.load(sourceOf(job, executor))
      const [run] = await kernel.run([probeUnit(0, 3)])
      words.push(run?.kind === 'done' ? checkWord(new Uint32Array(run.output.buffer)) : 0)
    }
  return words
}

/** Which programs of a product of integers are loaded on a GPU of these rates, and the digest of what unit 1 is by the chosen one. */
async function product(
  { choose }: Awaited<ReturnType<typeof start>>,
  executor: ProviderSettings['executor'],
  rates: Rates,
): Promise<{ loaded: string[]; digest: string }> {
  const loaded: string[] = []
  const note = (program: Program): void => {
    loaded.push(program.kind === 'wasm' ? 'wasm' : `${program.kind} ${program.variant}`)
  }
  const kernel = await choose(executor, matmulIntegerJob(0, { priceWei: '1' }), { rates, loaded: note })
  const [run] = await kernel.run([1])
  kernel.close()
  return { loaded, digest: run?.kind === 'done' ? digestOf(run.output) : String(run?.failure) }
}

/** What the stories of admission call in the page. */
export const harness = { start, probe, product, fractalJob, numericClass, signal }

Object.assign(globalThis, { harness })
