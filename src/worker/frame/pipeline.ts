import { Failure, reason } from '../../protocol/failure.ts'
import type { GuardedWgsl } from '../guard/guard-wgsl.ts'
import { boundWgsl, guardWgsl } from '../guard/guard-wgsl.ts'
import type { KernelParts } from '../message.ts'
import { programOf } from '../unit.ts'
import { catchErrors } from './gpu-errors.ts'

/** A compiled kernel, and the names of the buffers in each of its bind groups. */
export type Pipeline = {
  readonly compute: GPUComputePipeline
  readonly groups: readonly { readonly layout: GPUBindGroupLayout; readonly names: readonly string[] }[]
}

/** Guards and compiles a WGSL kernel. Throws `compile` with the line, or `refused`, `unsupported`, `oversized`. */
export async function compile(
  gpu: GPUDevice,
  { code, manifest }: KernelParts,
): Promise<{ pipeline: Pipeline; guarded: GuardedWgsl }> {
  const [pass] = programOf(manifest, 'wgsl').passes
  if (pass === undefined) throw new Failure('refused', 'The WGSL program has no pass')
  const { text } = boundWgsl(code, pass, manifest.limits.loopBound)
  const module = await compileModule(gpu, text)
  const guarded = guardWgsl(code, manifest)
  const groups = groupsOf(guarded).map((slots) => ({
    names: slots.map(({ buffer }) => buffer),
    layout: gpu.createBindGroupLayout({
      entries: slots.map(({ type }, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    }),
  }))
  const compute = await catchErrors(gpu, 'compile', () =>
    gpu.createComputePipelineAsync({
      layout: gpu.createPipelineLayout({ bindGroupLayouts: groups.map(({ layout }) => layout) }),
      compute: { module, entryPoint: pass.entry, constants: { ...pass.overrides } },
    }),
  ).catch((cause: unknown) => {
    throw cause instanceof Failure ? cause : new Failure('compile', `WGSL: ${reason(cause)}`, { cause })
  })
  return { pipeline: { compute, groups }, guarded }
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

/** The groups of the manifest and, where there are loops, the binding by which the program says that one was cut short. */
function groupsOf({ groups, spent }: GuardedWgsl): GuardedWgsl['groups'] {
  if (spent === undefined) return groups
  const slot = { buffer: 'weft_spent', type: 'storage' } as const
  if (spent.group === groups.length) return [...groups, [slot]]
  return groups.map((slots, group) => (group === spent.group ? [...slots, slot] : slots))
}
