import { Failure } from '../../protocol/failure.ts'
import type { GpuBuffer } from '../../protocol/manifest/wgsl/gpu-buffer.ts'
import type { Pass } from '../../protocol/manifest/wgsl/passes.ts'
import type { WgslProgram } from '../../protocol/manifest/wgsl/wgsl-program.ts'
import { limitOf } from './gpu-limits.ts'

/** A variable of a WGSL program that is bound to a buffer, as it was found in the text. */
export type Resource = {
  readonly name: string
  readonly group: number
  readonly binding: number
  readonly space: 'uniform' | 'storage'
  readonly access: string
}

/** A binding that an entry point uses: the buffer of the manifest, and how it is used. */
export type Slot = {
  readonly binding: number
  readonly buffer: string
  readonly type: 'uniform' | 'storage' | 'read-only-storage'
}

const COUNTS = {
  uniform: 'maxUniformBuffersPerShaderStage',
  storage: 'maxStorageBuffersPerShaderStage',
} as const

/**
 * Derives the layout of a pass from what its entry point uses, group by group; what it does not use is left out. Throws `refused`
 * where text and manifest do not fit each other, naming both.
 */
export function layoutOf(program: WgslProgram, pass: Pass, resources: readonly Resource[]): Slot[][] {
  const groups = pass.bindings.map((names, group) =>
    names.flatMap((name, binding): Slot[] => {
      const used = resources.find((entry) => entry.group === group && entry.binding === binding)
      return used === undefined ? [] : [{ binding, ...slotOf(program, name, used) }]
    }),
  )
  const stray = resources.find(({ group, binding }) => pass.bindings[group]?.[binding] === undefined)
  if (stray !== undefined)
    throw refusal(stray, `"${pass.entry}" uses it, and the manifest binds no buffer there`)
  refuseShared(pass, groups, resources)
  for (const usage of ['uniform', 'storage'] as const) {
    const count = groups.flat().filter(({ type }) => (type === 'uniform') === (usage === 'uniform')).length
    const most = limitOf(program, COUNTS[usage])
    if (count > most) {
      const cause = `"${pass.entry}" uses ${count} ${usage} buffers; at most ${most} are allowed`
      throw new Failure('refused', `WGSL: ${cause} without requires.limits.${COUNTS[usage]}`)
    }
  }
  return groups
}

function slotOf({ buffers }: WgslProgram, name: string, used: Resource): Omit<Slot, 'binding'> {
  const buffer = buffers.find((entry): entry is GpuBuffer => entry.name === name)
  const usage = buffer?.usage ?? 'storage'
  if (used.space !== usage)
    throw refusal(
      used,
      `it is not a ${usage} buffer, as the manifest says of "${name}", but var<${spaceOf(used)}>`,
    )
  if (usage === 'uniform') return { buffer: name, type: 'uniform' }
  const isWritten = used.access.includes('write')
  if (isWritten && buffer?.scope === 'lease')
    throw refusal(used, `it is written to, and the manifest's "${name}" of scope "lease" can only be read`)
  return { buffer: name, type: isWritten ? 'storage' : 'read-only-storage' }
}

/** A buffer that is written in a pass may be bound in it only once. */
function refuseShared(
  { entry, bindings }: Pass,
  groups: readonly Slot[][],
  resources: readonly Resource[],
): void {
  const written = new Set(groups.flat().flatMap(({ type, buffer }) => (type === 'storage' ? [buffer] : [])))
  for (const name of written) {
    const places = resources.filter(({ group, binding }) => bindings[group]?.[binding] === name)
    const [first, second] = places
    if (first !== undefined && second !== undefined)
      throw refusal(
        second,
        `the manifest's "${name}" is bound as ${first.name} too, and "${entry}" writes to it`,
      )
  }
}

function spaceOf({ space, access }: Resource): string {
  return space === 'uniform' ? space : `${space}, ${access}`
}

function refusal({ name, group, binding }: Resource, cause: string): Failure {
  return new Failure('refused', `WGSL: ${name} is at @group(${group}) @binding(${binding}): ${cause}`)
}
