import { Failure, reason } from '../../../protocol/failure.ts'
import type { Slot } from '../../guard/bindings.ts'
import type { GuardedPass, GuardedWgsl } from '../../guard/guard-wgsl.ts'
import { boundWgsl, checkWgsl } from '../../guard/guard-wgsl.ts'
import type { KernelParts } from '../../message.ts'
import { namesOf, programOf } from '../../unit.ts'
import { isTurned } from './buffer-plan.ts'
import { catchErrors } from './gpu-device.ts'

/** A compiled pass, and the buffers in each of its bind groups. */
export type Pipeline = {
  readonly compute: GPUComputePipeline
  readonly groups: readonly PipelineGroup[]
}
/** A bind group; `turned` are the uniforms of it that get an offset with each dispatch, in order. */
export type PipelineGroup = {
  readonly layout: GPUBindGroupLayout
  readonly slots: readonly Slot[]
  readonly turned: readonly string[]
}

/** The name of the buffer in which the program says that a loop was cut short. */
export const STATUS = 'weft_status'
/** How many uniforms with offsets every device allows in one pass. */
const MAX_TURNED = 8

/** Guards and compiles a WGSL kernel, pass by pass. Throws `compile` with the line, or `refused`, `unsupported`, `oversized`. */
export async function compile(
  gpu: GPUDevice,
  { code, manifest }: KernelParts,
): Promise<{ pipelines: readonly Pipeline[]; guarded: GuardedWgsl }> {
  const bound = boundWgsl(code, manifest)
  const module = await compileModule(gpu, bound.text)
  const guarded = checkWgsl(bound, manifest)
  const names = namesOf(manifest)
  const turned = programOf(manifest, 'wgsl').buffers.filter((buffer) => isTurned(buffer, names))
  const known = new Map<string, Promise<Pipeline>>()
  const pipelines = guarded.passes.map((pass) => {
    const { entry, overrides } = pass.pass
    const key = JSON.stringify([entry, overrides, pass.groups])
    const make = (): Promise<Pipeline> =>
      compilePass(gpu, module, {
        pass,
        groups: groupsOf(pass, guarded),
        turned: turned.map(({ name }) => name),
      })
    const pipeline = known.get(key) ?? make()
    known.set(key, pipeline)
    return pipeline
  })
  return { pipelines: await Promise.all(pipelines), guarded }
}

type PassParts = { pass: GuardedPass; groups: GuardedPass['groups']; turned: readonly string[] }

async function compilePass(
  gpu: GPUDevice,
  module: GPUShaderModule,
  { pass: { pass }, groups, turned }: PassParts,
): Promise<Pipeline> {
  const count = groups.flat().filter(({ buffer }) => turned.includes(buffer)).length
  if (count > MAX_TURNED)
    throw new Failure(
      'refused',
      `WGSL: "${pass.entry}" uses ${count} uniforms that are filled for each turn; at most ${MAX_TURNED} are allowed`,
    )
  const storages = groups.flat().filter(({ type }) => type !== 'uniform').length
  const most = gpu.limits.maxStorageBuffersPerShaderStage
  if (storages > most)
    throw new Failure(
      'unsupported',
      `WGSL: "${pass.entry}" needs ${storages} storage buffers, with the one that counts its loops; this GPU allows ${most}`,
    )
  const make = async (): Promise<Pipeline> => {
    const made = groups.map((slots) => groupOf(gpu, slots, turned))
    const layout = gpu.createPipelineLayout({ bindGroupLayouts: made.map((group) => group.layout) })
    const constants = { ...pass.overrides }
    const compute = { module, entryPoint: pass.entry, constants }
    return { compute: await gpu.createComputePipelineAsync({ layout, compute }), groups: made }
  }
  return await catchErrors(gpu, 'compile', make).catch((cause: unknown) => {
    throw cause instanceof Failure ? cause : new Failure('compile', `WGSL: ${reason(cause)}`, { cause })
  })
}

function groupOf(gpu: GPUDevice, slots: readonly Slot[], turned: readonly string[]): PipelineGroup {
  const layout = gpu.createBindGroupLayout({
    entries: slots.map(({ binding, buffer, type }) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type, hasDynamicOffset: turned.includes(buffer) },
    })),
  })
  const own = slots.map(({ buffer }) => buffer).filter((buffer) => turned.includes(buffer))
  return { layout, slots, turned: own }
}

async function compileModule(gpu: GPUDevice, code: string): Promise<GPUShaderModule> {
  gpu.pushErrorScope('validation')
  const module = gpu.createShaderModule({ code })
  const failed = await gpu.popErrorScope()
  const { messages } = await module.getCompilationInfo()
  const error = messages.find(({ type }) => type === 'error')
  if (error !== undefined) throw new Failure('compile', `WGSL line ${error.lineNum}: ${error.message}`)
  if (failed !== null) throw new Failure('compile', `WGSL: ${failed.message}`)
  return module
}

/** The groups of a pass and, where there are loops, the binding by which the program says that one was cut short. */
function groupsOf({ groups }: GuardedPass, { spent }: GuardedWgsl): GuardedPass['groups'] {
  if (spent === undefined) return groups
  const slot = { binding: spent.binding, buffer: STATUS, type: 'storage' } as const
  const count = Math.max(groups.length, spent.group + 1)
  return Array.from({ length: count }, (_, group) => {
    const own = groups[group] ?? []
    return group === spent.group ? [...own, slot] : own
  })
}
