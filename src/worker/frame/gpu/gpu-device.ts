import { Failure } from '../../../protocol/failure.ts'
import type { Requires } from '../../../protocol/manifest/wgsl/requires.ts'
import { defaultLimits } from '../../guard/gpu-limits.ts'
import type { Gpu } from '../../message.ts'
import { compileSeal } from './seal.ts'

/** How long the browser may take to give an adapter; it never does while a dispatch hangs. */
const ADAPTER_MS = 4_000
const STORAGES = 'maxStorageBuffersPerShaderStage'

/** What a GPU worker works with: the device, its seal, and what is known of its adapter. */
export type Device = {
  readonly gpu: GPUDevice
  readonly seal: Promise<GPUComputePipeline>
  readonly isFallbackAdapter: boolean
}

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
  return { device: { gpu, seal, isFallbackAdapter }, info: { vendor, architecture, isFallbackAdapter } }
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
