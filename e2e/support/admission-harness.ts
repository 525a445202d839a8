import { fractalJob } from '../../src/kernels/fractal/sample.ts'
import type { SampleJob } from '../../src/kernels/job.ts'
import { checkWord } from '../../src/kernels/probe/reference.ts'
import { probeJobs, probeUnit } from '../../src/kernels/probe/sample.ts'
import { ZERO_ADDRESS } from '../../src/protocol/address.ts'
import { digestOfCid } from '../../src/protocol/cid.ts'
import type { Throttle } from '../../src/provider/admission/admission.ts'
import { Admission } from '../../src/provider/admission/admission.ts'
import { loadKernel } from '../../src/provider/job/choose-executor.ts'
import type { ProviderSettings } from '../../src/provider/state.ts'
import { openBestTabStore } from '../../src/store/best-tab-store.ts'
import { numericClass, sourceOf } from '../../src/worker/admission/measure.ts'
import type { LoadedKernel } from '../../src/worker/executor.ts'
import type { Sandbox } from '../../src/worker/sandbox.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'

const signal = new AbortController().signal

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
  const choose = async (executor: ProviderSettings['executor'], job: SampleJob): Promise<LoadedKernel> => {
    for (const [cid, bytes] of job.blobs) await store.blobs.put(digestOfCid(cid), bytes)
    const source = { peer: 'none', list: absent, get: absent, abort: absent }
    const from = { source, cache: store.blobs, signal }
    const settings = { executor, cpuWorkers: limits.cpuWorkers }
    return await loadKernel(
      { manifest: job.manifest, owner: ZERO_ADDRESS },
      { sandbox, admission, settings, from },
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

/** What the stories of admission call in the page. */
export const harness = { start, probe, fractalJob, numericClass, signal }

Object.assign(globalThis, { harness })
