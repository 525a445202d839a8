import type { Address } from '../../protocol/address.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import { unitCount } from '../../protocol/manifest/manifest.ts'
import type { Program } from '../../protocol/manifest/program.ts'
import type { Route } from '../../worker/admission/route.ts'
import { route } from '../../worker/admission/route.ts'
import { benchmark } from '../../worker/benchmark.ts'
import type { LoadedKernel } from '../../worker/executor.ts'
import type { Sandbox } from '../../worker/sandbox.ts'
import type { Admission } from '../admission/admission.ts'
import type { ProviderSettings } from '../state.ts'
import type { LoadFrom } from './load-job.ts'
import { loadKernelSource } from './load-job.ts'

/** What a choice is made with. */
export type ChoiceParts = {
  readonly sandbox: Pick<Sandbox, 'report' | 'load'>
  readonly admission: Pick<Admission, 'profile' | 'trialOf' | 'remember'>
  readonly settings: Pick<ProviderSettings, 'executor' | 'cpuWorkers'>
  readonly from: LoadFrom
}

type Job = { readonly manifest: Manifest; readonly owner: Address }

/** Units that a trial at length runs on each executor. */
const TRIAL_UNITS = 3

/**
 * Loads a job's kernel for the executor that the visitor chose, or for the faster one here: by what its programs showed before,
 * or else by a trial that begins with what the admission benchmark speaks for. That a browser has WebGPU says nothing of its
 * speed. Throws `unsupported` when nothing here can run the job, and what loading throws.
 */
export async function loadKernel(job: Job, parts: ChoiceParts): Promise<LoadedKernel> {
  const { programs } = job.manifest
  const { executor: wish } = parts.settings
  const isOpen = wish === 'auto' && programs.length > 1
  const way = route(programs, {
    wish,
    gpu: parts.sandbox.report.gpu,
    gpuTrouble: parts.sandbox.report.gpuTrouble,
    profile: programs.length > 1 ? await parts.admission.profile() : undefined,
    trial: isOpen ? parts.admission.trialOf(nameOf(programs)) : undefined,
  })
  const load = async (program: Program): Promise<LoadedKernel> => {
    // The sandbox runs the one program of its kind.
    const manifest = { ...job.manifest, programs: programs.filter((entry) => entry === program) }
    const source = await loadKernelSource({ ...job, manifest, executor: program.kind }, parts.from)
    return await parts.sandbox.load(source)
  }
  if (way.kind === 'try') return await loadFaster(job, way, { ...parts, load })
  const { fallback } = way
  if (fallback === undefined) return await load(way.program)
  return (await loadIfPossible(load(way.program))) ?? (await load(fallback))
}

/** Loads both twins, tries them, and keeps the faster one. */
async function loadFaster(
  { manifest }: Job,
  { wasm, wgsl, favourite, isClear }: Route & { kind: 'try' },
  { load, settings, admission, from }: ChoiceParts & { load(program: Program): Promise<LoadedKernel> },
): Promise<LoadedKernel> {
  const first = await load(wasm)
  const second = await loadIfPossible(load(wgsl)).catch((error: unknown) => {
    first.close()
    throw error
  })
  if (second === undefined) return first
  const total = unitCount(manifest)
  const count = Math.min(TRIAL_UNITS, total)
  // From all over the job: the first units are often unlike the rest.
  const units = Array.from({ length: count }, (_, place) => Math.floor(((place + 0.5) * total) / count))
  const cpuWorkers = Math.max(1, settings.cpuWorkers)
  const trial = { wasm: first, wgsl: second, units, cpuWorkers, favourite, isClear }
  const { choice, factor } = await benchmark(trial, from.signal).catch((error: unknown) => {
    for (const kernel of [first, second]) kernel.close()
    throw error
  })
  if (factor !== undefined && !from.signal.aborted)
    admission.remember(nameOf(manifest.programs), { choice, factor })
  const [chosen, other] = choice === 'wgsl' ? [second, first] : [first, second]
  other.close()
  return chosen
}

/** A kernel; undefined when it does not load here, which leaves its twin. */
async function loadIfPossible(loading: Promise<LoadedKernel>): Promise<LoadedKernel | undefined> {
  return await loading.catch((error: unknown) => {
    if (!(error instanceof Failure) || error.code === 'cancelled') throw error
    return undefined
  })
}

/** Twins by their code: how fast they are hardly depends on the other numbers of a job. */
function nameOf(programs: readonly Program[]): string {
  return programs.map(({ code }) => code.cid).join(' ')
}
