import type { Address } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import { unitCount } from '../../protocol/manifest/manifest.ts'
import type { ExecutorKind } from '../../protocol/work/hello.ts'
import { benchmark } from '../../worker/benchmark.ts'
import type { LoadedKernel } from '../../worker/executor.ts'
import type { Sandbox } from '../../worker/sandbox.ts'
import type { ProviderSettings } from '../state.ts'
import type { LoadFrom } from './load-job.ts'
import { loadKernelSource } from './load-job.ts'

/** Units that the benchmark runs on each executor. */
const TRIAL_UNITS = 3

/**
 * Loads a job's kernel for the executor that the visitor chose, or for the faster of the two by a short benchmark: that a
 * browser has WebGPU says nothing of its speed. Throws `unsupported` when nothing here can run the job, and what loading throws.
 */
export async function loadKernel(
  job: { readonly manifest: Manifest; readonly owner: Address },
  { sandbox, settings, from }: { sandbox: Sandbox; settings: ProviderSettings; from: LoadFrom },
): Promise<LoadedKernel> {
  const kinds = allowed(job.manifest, settings.executor, sandbox.report.gpu !== undefined)
  const load = async (executor: ExecutorKind): Promise<LoadedKernel> =>
    sandbox.load(await loadKernelSource({ ...job, executor }, from))
  if (!kinds.includes('wgsl')) return load('wasm')
  if (!kinds.includes('wasm')) return load('wgsl')
  const wasm = await load('wasm')
  const wgsl = await load('wgsl').catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error
    return undefined // a twin that does not load here leaves the other
  })
  if (wgsl === undefined) return wasm
  const units = Array.from({ length: Math.min(TRIAL_UNITS, unitCount(job.manifest)) }, (_, unit) => unit)
  const { choice } = await benchmark(
    { wasm, wgsl, units, cpuWorkers: Math.max(1, settings.cpuWorkers) },
    from.signal,
  ).catch((error: unknown) => {
    for (const kernel of [wasm, wgsl]) kernel.close()
    throw error
  })
  const [chosen, other] = choice === 'wgsl' ? [wgsl, wasm] : [wasm, wgsl]
  other.close()
  return chosen
}

/** Which programs of a job may run here. Throws `unsupported`, saying why none may. */
function allowed(manifest: Manifest, choice: ProviderSettings['executor'], hasGpu: boolean): ExecutorKind[] {
  const has = (kind: ExecutorKind): boolean => manifest.programs.some((program) => program.kind === kind)
  if (choice === 'wgsl' && !hasGpu)
    throw new Failure('unsupported', 'WebGPU is chosen, but this browser offers none')
  if (choice === 'wgsl' && !has('wgsl'))
    throw new Failure('unsupported', 'WebGPU is chosen, but this job has no WGSL program')
  if (choice === 'wasm' && !has('wasm'))
    throw new Failure('unsupported', 'WASM is chosen, but this job has no WASM program')
  const kinds = (choice === 'auto' ? (['wasm', 'wgsl'] as const) : [choice]).filter(has)
  const usable = kinds.filter((kind) => kind === 'wasm' || hasGpu)
  if (usable.length === 0)
    throw new Failure('unsupported', 'This job runs on WebGPU only, and this browser offers none')
  return usable
}
