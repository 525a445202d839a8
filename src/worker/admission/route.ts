import { Failure } from '../../protocol/failure.ts'
import type { Program } from '../../protocol/manifest/program.ts'
import type { WasmProgram } from '../../protocol/manifest/wasm-program.ts'
import type { Variant, WgslProgram } from '../../protocol/manifest/wgsl/wgsl-program.ts'
import type { Executor } from '../executor.ts'
import type { SandboxReport } from '../sandbox.ts'
import type { Profile } from './profile.ts'
import { bestRates } from './profile.ts'

/** What is known when the program of a job is chosen. */
export type Known = {
  /** What the visitor chose. */
  readonly wish: 'auto' | Executor
  /** The adapter of WebGPU, where there is one. */
  readonly gpu: { readonly isFallbackAdapter: boolean } | undefined
  /** Why there is none just now, where there was one. */
  readonly gpuTrouble: SandboxReport['gpuTrouble']
  readonly profile: Profile | undefined
  /** What trying these very programs showed before. */
  readonly trial: Trial | undefined
}

/** Which twin was faster, and by how much (1 or more). */
export type Trial = { readonly choice: Executor; readonly factor: number }

/**
 * What to do with the programs of a job: run one, with another to fall back on, or try both. `favourite` is the one that the
 * profile speaks for; `isClear` when it speaks so clearly that one unit of each is enough if they agree.
 */
export type Route = { readonly cause: string } & (
  | { readonly kind: 'run'; readonly program: Program; readonly fallback?: Program }
  | {
      readonly kind: 'try'
      readonly wasm: WasmProgram
      readonly wgsl: WgslProgram
      readonly favourite: Executor
      readonly isClear: boolean
    }
)

/** From this factor on a profile speaks clearly; it measures other kernels than the job's. */
const CLEAR = 3
/** A trial that was closer than this is made again with the next job: its numbers may be others. */
const DECIDED = 1.5

/**
 * Decides how a job runs here: what the visitor chose, or what its programs showed when they were tried, or a trial that
 * begins with what the profile speaks for. A software adapter is judged by its speed as any other. Throws `unsupported`,
 * saying why nothing here can run the job, or `device-lost` while a GPU that could rests.
 */
export function route(programs: readonly Program[], known: Known): Route {
  const wasm = programs.find((program): program is WasmProgram => program.kind === 'wasm')
  const wgsl = known.gpu && bestVariant(programs, known.gpu, known.profile)
  refuse(programs, known)
  if (wasm === undefined || wgsl === undefined || known.wish !== 'auto') return only(wasm, wgsl, known)
  const rates = known.profile && bestRates(known.profile)
  if (rates?.wgsl === 0)
    return { kind: 'run', program: wasm, cause: 'WebGPU failed or gave wrong numbers when it was measured' }
  if (known.trial !== undefined && known.trial.factor >= DECIDED) {
    const [program, fallback] = known.trial.choice === 'wgsl' ? [wgsl, wasm] : [wasm, wgsl]
    return {
      kind: 'run',
      program,
      fallback,
      cause: `${NAMES[program.kind]} was ${times(known.trial.factor)} as fast when it was tried`,
    }
  }
  if (rates === undefined)
    return { kind: 'try', wasm, wgsl, favourite: 'wasm', isClear: false, cause: 'Nothing was measured yet' }
  const favourite = rates.wgsl > rates.wasm ? 'wgsl' : 'wasm'
  const factor = Math.max(rates.wgsl, rates.wasm) / Math.max(1, Math.min(rates.wgsl, rates.wasm))
  const cause = `${NAMES[favourite]} is ${times(factor)} as fast by the admission benchmark`
  return { kind: 'try', wasm, wgsl, favourite, isClear: factor >= CLEAR, cause }
}

const NAMES = { wasm: 'WASM', wgsl: 'WebGPU' } as const

function times(factor: number): string {
  return `${factor < 10 ? factor.toFixed(1) : Math.round(factor)} times`
}

function only(wasm: WasmProgram | undefined, wgsl: WgslProgram | undefined, known: Known): Route {
  const { wish } = known
  const program = wish === 'wgsl' ? wgsl : wish === 'wasm' ? wasm : (wasm ?? wgsl)
  if (program === undefined) throw withoutGpu('This job runs on WebGPU only, and', known)
  const cause =
    wish === 'auto'
      ? `${NAMES[program.kind]} is all that fits`
      : `${NAMES[program.kind]} is chosen in the settings`
  return { kind: 'run', program, cause }
}

function withoutGpu(what: string, { gpuTrouble }: Known): Failure {
  if (gpuTrouble === undefined) return new Failure('unsupported', `${what} this browser offers none`)
  const { why, isFinal } = gpuTrouble
  return new Failure(isFinal ? 'unsupported' : 'device-lost', `${what} it is not used now: ${why}`)
}

function refuse(programs: readonly Program[], known: Known): void {
  const { wish, gpu } = known
  const has = (kind: Executor): boolean => programs.some((program) => program.kind === kind)
  if (wish === 'wgsl' && gpu === undefined) throw withoutGpu('WebGPU is chosen, but', known)
  if (wish === 'wgsl' && !has('wgsl'))
    throw new Failure('unsupported', 'WebGPU is chosen, but this job has no WGSL program')
  if (wish === 'wasm' && !has('wasm'))
    throw new Failure('unsupported', 'WASM is chosen, but this job has no WASM program')
}

/** The WGSL program that suits the adapter: by what was measured, or else because workgroup memory is dear in software. */
function bestVariant(
  programs: readonly Program[],
  { isFallbackAdapter }: NonNullable<Known['gpu']>,
  profile: Profile | undefined,
): WgslProgram | undefined {
  const all = programs.filter((program): program is WgslProgram => program.kind === 'wgsl')
  const rates = profile?.wgsl
  const isShared = rates === undefined ? !isFallbackAdapter : (rates.workgroup ?? 0) >= rates.register
  const wanted: Variant = isShared ? 'workgroup' : 'register'
  return all.find(({ variant }) => variant === wanted) ?? all[0]
}
