import { defer } from '../../../protocol/defer.ts'
import { Failure } from '../../../protocol/failure.ts'
import type { Requires } from '../../../protocol/manifest/wgsl/requires.ts'
import { defaultLimits } from '../../guard/gpu-limits.ts'
import type { Gpu } from '../../message.ts'

/** How long the browser may take to give an adapter; it never does while a dispatch hangs. */
const ADAPTER_MS = 4_000
const STORAGES = 'maxStorageBuffersPerShaderStage'
const SCOPES = ['validation', 'out-of-memory', 'internal'] as const

/** What a GPU worker works with: the device, its seal, and what is known of its adapter. */
export type Device = {
  readonly gpu: GPUDevice
  readonly seal: Promise<GPUComputePipeline>
  readonly isFallbackAdapter: boolean
  readonly refusals: Refusals
}

/** How often the GPU has refused something outside of `catchErrors`. `told` resolves when all is counted that it had to tell so far. */
export type Refusals = { readonly count: number; told(): Promise<void> }

/**
 * Opens the GPU with exactly what a program requires; undefined where the browser has none to give. Throws `unsupported`, naming
 * what the GPU lacks, or `wedged` when the browser does not answer.
 */
export async function openDevice(
  requires: Requires = {},
): Promise<{ device: Device; info: Gpu } | undefined> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Failure('wedged', 'the GPU does not answer')), ADAPTER_MS)
  })
  const adapter = await Promise.race([navigator.gpu?.requestAdapter() ?? null, late])
  if (adapter === null) return undefined
  checkRequires(adapter, requires)
  // Older browsers know less of their adapters than the types say.
  const { vendor = '', architecture = '' } = adapter.info ?? {}
  const isFallbackAdapter = adapter.info?.isFallbackAdapter === true
  // One buffer more than the program may have, for the guard of its loops.
  const storages = Math.max(requires.limits?.[STORAGES] ?? 0, defaultLimits[STORAGES]) + 1
  const requiredLimits = { ...requires.limits, [STORAGES]: Math.min(storages, adapter.limits[STORAGES]) }
  const requiredFeatures = [...(requires.features ?? [])]
  const gpu = await Promise.race([adapter.requestDevice({ requiredLimits, requiredFeatures }), late])
  const seal = compileSeal(gpu)
  seal.catch(() => undefined)
  const refusals = countRefusals(gpu)
  return {
    device: { gpu, seal, isFallbackAdapter, refusals },
    info: { vendor, architecture, isFallbackAdapter },
  }
}

function checkRequires(adapter: GPUAdapter, { features = [], limits = {} }: Requires): void {
  const missing = features.find((feature) => !adapter.features.has(feature))
  if (missing !== undefined)
    throw new Failure('unsupported', `This GPU has no ${missing}, which requires.features asks for`)
  for (const [name, least] of Object.entries(limits)) {
    const most = Number(adapter.limits[name as keyof GPUSupportedLimits])
    if (!(most >= least))
      throw new Failure(
        'unsupported',
        `This GPU allows ${name} up to ${most}; requires.limits asks for ${least}`,
      )
  }
}

/** The browser tells of a refusal in a task of its own, which may come after the promise of what was submitted later. */
function countRefusals(gpu: GPUDevice): Refusals {
  let count = 0
  gpu.addEventListener('uncapturederror', (event) => {
    event.preventDefault()
    count += 1
  })
  return {
    get count() {
      return count
    },
    told: () => new Promise(defer),
  }
}

/** Does `act` inside error scopes, because WebGPU reports nothing by itself. Throws `memory`, or `code` for all else. */
export async function catchErrors<T>(gpu: GPUDevice, code: 'compile' | 'trap', act: () => T): Promise<T> {
  for (const scope of SCOPES) gpu.pushErrorScope(scope)
  let result: T
  let errors: Promise<GPUError | null>[]
  try {
    result = act()
  } finally {
    errors = SCOPES.map(() => gpu.popErrorScope())
  }
  for (const error of await Promise.all(errors)) {
    if (error instanceof GPUOutOfMemoryError)
      throw new Failure('memory', `the GPU could not give the memory of the kernel: ${error.message}`)
    if (error !== null) throw new Failure(code, `the GPU refused the kernel: ${error.message}`)
  }
  return result
}

/**
 * A GPU that loses a dispatch without a word leaves zeros, which look like a result. So the last dispatch of each part of a unit
 * counts on the GPU itself, and a unit whose count is wrong was lost.
 */
const SEAL = `
@group(0) @binding(0) var<storage, read_write> status: array<u32, 2>;
@compute @workgroup_size(1) fn seal() { status[1] = status[1] + 1u; }`

/** Compiles the dispatch that adds one to the second word of a buffer. */
async function compileSeal(gpu: GPUDevice): Promise<GPUComputePipeline> {
  const module = gpu.createShaderModule({ code: SEAL })
  return await gpu.createComputePipelineAsync({ layout: 'auto', compute: { module } })
}
