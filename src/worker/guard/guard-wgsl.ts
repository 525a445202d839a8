import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js'
import type { Cid } from '../../protocol/cid.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import { MAX_CODE_BYTES } from '../../protocol/manifest/program.ts'
import type { Pass } from '../../protocol/manifest/wgsl/passes.ts'
import { flatPasses } from '../../protocol/manifest/wgsl/passes.ts'
import type { WgslProgram } from '../../protocol/manifest/wgsl/wgsl-program.ts'
import { programOf } from '../unit.ts'
import type { Resource, Slot } from './bindings.ts'
import { layoutOf } from './bindings.ts'
import type { BoundedWgsl, LoopRule } from './bound-loops.ts'
import { boundLoops } from './bound-loops.ts'
import { limitOf } from './gpu-limits.ts'

/** A pass that may be run, and what is known about it. */
export type GuardedPass = {
  readonly pass: Pass
  readonly groups: readonly (readonly Slot[])[]
  /** Invocations of one workgroup, and the most steps of one invocation. */
  readonly workgroup: number
  readonly steps: number
}

/** WGSL that may be compiled and run. The passes are in their order, those in groups too. */
export type GuardedWgsl = {
  readonly text: string
  /** The name of the text. It follows from the code and the manifest alone, so that anybody can tell what was run. */
  readonly cid: Cid
  readonly passes: readonly GuardedPass[]
  /** Where the program says that a loop was cut short; absent without loops. */
  readonly spent?: LoopRule['spent']
}

const FIRST_OTHER_RESOURCE = 2

type Entry = { readonly size: unknown; readonly resources: readonly Resource[] }
type Reflected = {
  readonly hasTextures: boolean
  readonly entries: ReadonlyMap<string, Entry>
  /** The names by which a manifest gives values to overrides that have an `@id`. */
  readonly ids: ReadonlyMap<string, string>
}

/** Checks the WGSL program of a manifest and bounds its loops. Throws `compile`, `refused`, `unsupported` or `oversized`, naming the cause. */
export function guardWgsl(code: Uint8Array, manifest: Manifest): GuardedWgsl {
  const program = programOf(manifest, 'wgsl')
  const bound = boundWgsl(code, manifest)
  const reflected = reflect(bound.text)
  if (reflected.hasTextures)
    throw new Failure('unsupported', 'WGSL: textures and samplers are not supported yet; use buffers')
  const passes = flatPasses(program.passes).map((pass): GuardedPass => {
    const entry = reflected.entries.get(pass.entry)
    if (entry === undefined) throw new Failure('refused', `WGSL: "${pass.entry}" is not marked @compute`)
    const own = entry.resources.filter(({ name }) => !name.startsWith('weft_'))
    const groups = layoutOf(program, pass, own)
    const workgroup = workgroupOf(program, pass, { size: entry.size, ids: reflected.ids })
    return { pass, groups, workgroup, steps: bound.steps.get(pass.entry) ?? 0 }
  })
  const base = { text: bound.text, cid: bound.cid, passes }
  return bound.hasLoops ? { ...base, spent: spentOf(program) } : base
}

/** The first half of `guardWgsl`: reads the text and bounds its loops, so that a driver can be asked about it without danger. */
export function boundWgsl(code: Uint8Array, manifest: Manifest): BoundedWgsl {
  const program = programOf(manifest, 'wgsl')
  if (code.length > MAX_CODE_BYTES.wgsl)
    throw new Failure('oversized', `WGSL: ${code.length} bytes; at most ${MAX_CODE_BYTES.wgsl} are allowed`)
  const entries = [...new Set(flatPasses(program.passes).map(({ entry }) => entry))]
  return boundLoops(decode(code), entries, {
    loopBound: manifest.limits.loopBound,
    spent: spentOf(program),
  })
}

function decode(code: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(code)
  } catch (cause) {
    throw new Failure('compile', 'WGSL: the text is not UTF-8', { cause })
  }
}

/** The first binding that no pass of the manifest uses. */
function spentOf({ passes }: WgslProgram): LoopRule['spent'] {
  const all = flatPasses(passes).map(({ bindings }) => bindings)
  const group = Math.min(Math.max(...all.map((groups) => groups.length)), 3)
  return { group, binding: Math.max(...all.map((groups) => groups[group]?.length ?? 0)) }
}

function reflect(text: string): Reflected {
  try {
    const found = new WgslReflect(text)
    const entries = found.entry.compute.map((entry) => {
      const size = entry.attributes?.find(({ name }) => name === 'workgroup_size')?.value
      return [entry.name, { size, resources: entry.resources as Resource[] }] as const
    })
    const isOther = ({ resourceType }: Resource): boolean => resourceType >= FIRST_OTHER_RESOURCE
    const all = [...found.storage, ...found.textures, ...found.samplers] as Resource[]
    const ids = found.overrides.flatMap(({ name, attributes }) => {
      const id = attributes?.find((attribute) => attribute.name === 'id')?.value
      return typeof id === 'string' ? [[name, id] as const] : []
    })
    return { hasTextures: all.some(isOther), entries: new Map(entries), ids: new Map(ids) }
  } catch (cause) {
    throw new Failure('compile', `WGSL: cannot be read: ${reason(cause)}`, { cause })
  }
}

/** The invocations of a workgroup. A size that only the driver can work out counts as the largest; it checks the same limit. */
function workgroupOf(
  program: WgslProgram,
  { entry, overrides }: Pass,
  { size, ids }: { size: unknown; ids: Reflected['ids'] },
): number {
  const most = limitOf(program, 'maxComputeInvocationsPerWorkgroup')
  const parts = (Array.isArray(size) ? size : [size]).map((part) => {
    const name = String(part)
    const value = overrides[ids.get(name) ?? name] ?? Number(name.replace(/[ui]$/, ''))
    return Number.isInteger(value) && value > 0 ? value : Number.NaN
  })
  const product = parts.reduce((whole, part) => whole * part, 1)
  if (product > most)
    throw new Failure(
      'refused',
      `WGSL: "${entry}" has a workgroup of ${product} invocations; at most ${most} are allowed`,
    )
  return Number.isNaN(product) ? most : product
}
