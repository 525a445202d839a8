import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js'
import { Failure, reason } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import type { Pass, WgslProgram } from '../../protocol/manifest/program.ts'
import { MAX_CODE_BYTES } from '../../protocol/manifest/program.ts'
import { programOf } from '../unit.ts'
import type { LoopRule } from './bound-loops.ts'
import { boundLoops } from './bound-loops.ts'

/** A binding: the buffer of the manifest, and how the program uses it. */
export type Slot = { readonly buffer: string; readonly type: 'uniform' | 'storage' | 'read-only-storage' }

/** WGSL that may be compiled and run, and what is known about it. */
export type GuardedWgsl = {
  readonly text: string
  readonly pass: Pass
  readonly groups: readonly (readonly Slot[])[]
  /** Where the program says that a loop was cut short; absent without loops. */
  readonly spent?: LoopRule['spent']
  /** Invocations of one workgroup, and the most steps of one invocation. */
  readonly workgroup: number
  readonly steps: number
}

/** The most invocations of one dispatch. */
export const MAX_INVOCATIONS = 2 ** 24
const MAX_WORKGROUP = 256
const MAX_STORAGE_BUFFERS = 8
const RESOURCE = { uniform: 0, storage: 1 } as const

type Resource = { name: string; group: number; binding: number; resourceType: number; access: string }

type Reflected = {
  readonly hasTextures: boolean
  readonly entries: ReadonlyMap<string, { size: unknown; resources: Resource[] }>
}

/** Checks the WGSL program of a manifest and bounds its loops. Throws `compile`, `refused`, `unsupported` or `oversized`, naming the cause. */
export function guardWgsl(code: Uint8Array, manifest: Manifest): GuardedWgsl {
  const program = programOf(manifest, 'wgsl')
  const [pass] = program.passes
  if (pass === undefined) throw new Failure('refused', 'The WGSL program has no pass')
  const bound = boundWgsl(code, pass, manifest.limits.loopBound)
  const reflected = reflect(bound.text)
  if (reflected.hasTextures)
    throw new Failure('unsupported', 'WGSL: textures and samplers are not supported yet; use buffers')
  const entry = reflected.entries.get(pass.entry)
  if (entry === undefined) throw new Failure('refused', `WGSL: "${pass.entry}" is not marked @compute`)
  const workgroup = workgroupOf(entry.size, pass)
  if (workgroup > MAX_WORKGROUP)
    throw new Failure(
      'refused',
      `WGSL: a workgroup of ${workgroup} invocations; at most ${MAX_WORKGROUP} are allowed`,
    )
  const own = entry.resources.filter(({ name }) => !name.startsWith('weft_'))
  const groups = bind(program, pass, own)
  const base = { text: bound.text, pass, groups, workgroup, steps: bound.steps }
  return bound.hasLoops ? { ...base, spent: spentOf(pass) } : base
}

/** The first half of `guardWgsl`: reads the text and bounds its loops, so that a driver can be asked about it without danger. */
export function boundWgsl(code: Uint8Array, pass: Pass, loopBound: number): ReturnType<typeof boundLoops> {
  if (code.length > MAX_CODE_BYTES.wgsl)
    throw new Failure('oversized', `WGSL: ${code.length} bytes; at most ${MAX_CODE_BYTES.wgsl} are allowed`)
  return boundLoops(decode(code), pass.entry, { loopBound, spent: spentOf(pass) })
}

function decode(code: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(code)
  } catch (cause) {
    throw new Failure('compile', 'WGSL: the text is not UTF-8', { cause })
  }
}

/** The first binding that the manifest leaves free. */
function spentOf({ bindings }: Pass): LoopRule['spent'] {
  const group = Math.min(bindings.length, 3)
  return { group, binding: bindings[group]?.length ?? 0 }
}

function reflect(text: string): Reflected {
  try {
    const found = new WgslReflect(text)
    const entries = found.entry.compute.map((entry) => {
      const size = entry.attributes?.find(({ name }) => name === 'workgroup_size')?.value
      return [entry.name, { size, resources: entry.resources as Resource[] }] as const
    })
    const isTexture = ({ resourceType }: Resource): boolean => resourceType > RESOURCE.storage
    const all = [...found.storage, ...found.textures, ...found.samplers] as Resource[]
    return { hasTextures: all.some(isTexture), entries: new Map(entries) }
  } catch (cause) {
    throw new Failure('compile', `WGSL: cannot be read: ${reason(cause)}`, { cause })
  }
}

/** The invocations of a workgroup. A size that only the driver can work out counts as the largest; it checks the same limit. */
function workgroupOf(size: unknown, { overrides }: Pass): number {
  const parts = (Array.isArray(size) ? size : [size]).map((part) => {
    const value = Number(overrides[String(part)] ?? part)
    return Number.isInteger(value) && value > 0 ? value : Number.NaN
  })
  const product = parts.reduce((whole, part) => whole * part, 1)
  return Number.isNaN(product) ? MAX_WORKGROUP : product
}

function bind(program: WgslProgram, pass: Pass, resources: readonly Resource[]): Slot[][] {
  const stray = resources.find(({ group, binding }) => pass.bindings[group]?.[binding] === undefined)
  if (stray !== undefined) {
    const place = `@group(${stray.group}) @binding(${stray.binding})`
    throw new Failure('refused', `WGSL: ${stray.name} is at ${place}, and the manifest binds no buffer there`)
  }
  const groups = pass.bindings.map((names, group) =>
    names.map((name, binding) => {
      const used = resources.find((entry) => entry.group === group && entry.binding === binding)
      return slotOf(program, name, used)
    }),
  )
  const storages = groups.flat().filter(({ type }) => type !== 'uniform').length
  if (storages > MAX_STORAGE_BUFFERS)
    throw new Failure(
      'refused',
      `WGSL: ${storages} storage buffers are bound; at most ${MAX_STORAGE_BUFFERS} are allowed`,
    )
  return groups
}

function slotOf(program: WgslProgram, buffer: string, used: Resource | undefined): Slot {
  const usage = program.buffers.find(({ name }) => name === buffer)?.usage ?? 'storage'
  if (used !== undefined && used.resourceType !== RESOURCE[usage])
    throw new Failure(
      'refused',
      `WGSL: ${used.name} is not a ${usage} buffer, as the manifest says of "${buffer}"`,
    )
  if (usage === 'uniform') return { buffer, type: 'uniform' }
  return { buffer, type: used?.access === 'read' ? 'read-only-storage' : 'storage' }
}
