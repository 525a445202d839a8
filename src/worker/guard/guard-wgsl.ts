import { Failure } from '../../protocol/failure.ts'
import type { Manifest } from '../../protocol/manifest/manifest.ts'
import { MAX_CODE_BYTES } from '../../protocol/manifest/program.ts'
import type { Pass } from '../../protocol/manifest/wgsl/passes.ts'
import { flatPasses } from '../../protocol/manifest/wgsl/passes.ts'
import type { WgslProgram } from '../../protocol/manifest/wgsl/wgsl-program.ts'
import { programOf } from '../unit.ts'
import type { Slot } from './bindings.ts'
import { layoutOf } from './bindings.ts'
import type { BoundedWgsl, LoopRule } from './bound-loops.ts'
import { boundLoops } from './bound-loops.ts'
import { limitOf } from './gpu-limits.ts'
import type { Entry } from './module-facts.ts'

/** A pass that may be run, and what is known about it. */
export type GuardedPass = {
  readonly pass: Pass
  readonly groups: readonly (readonly Slot[])[]
  /** Invocations of one workgroup, and the most that one invocation costs. */
  readonly workgroup: number
  readonly cost: number
}

/** WGSL that may be compiled and run. The passes are in their order, those in groups too. */
export type GuardedWgsl = {
  readonly text: string
  readonly passes: readonly GuardedPass[]
  /** Where the program says that a loop was cut short; absent without loops. */
  readonly spent?: LoopRule['spent']
}

/** Checks the WGSL program of a manifest and bounds its loops. Throws `compile`, `refused`, `unsupported` or `oversized`, naming the cause. */
export function guardWgsl(code: Uint8Array, manifest: Manifest): GuardedWgsl {
  return checkWgsl(boundWgsl(code, manifest), manifest)
}

/** The second half of `guardWgsl`: checks what the program declares against the manifest. */
export function checkWgsl(bound: BoundedWgsl, manifest: Manifest): GuardedWgsl {
  const program = programOf(manifest, 'wgsl')
  const { hasTextures, entries, ids } = bound.facts
  if (hasTextures)
    throw new Failure('unsupported', 'WGSL: textures and samplers are not supported yet; use buffers')
  const passes = flatPasses(program.passes).map((pass): GuardedPass => {
    const entry = entries.get(pass.entry)
    if (entry === undefined) throw new Failure('refused', `WGSL: "${pass.entry}" is not marked @compute`)
    checkOverrides(pass, ids)
    const groups = layoutOf(program, pass, entry.resources)
    const workgroup = workgroupOf(program, pass, { size: entry.size, ids })
    return { pass, groups, workgroup, cost: bound.costs.get(pass.entry) ?? 0 }
  })
  const base = { text: bound.text, passes }
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

/** Refuses a value for an override that the program does not have: a driver would, on every provider. */
function checkOverrides({ overrides }: Pass, ids: ReadonlyMap<string, string>): void {
  const known = [...ids.values()]
  const stranger = Object.keys(overrides).find((name) => !known.includes(name))
  if (stranger === undefined) return
  const has = known.length === 0 ? 'no overrides' : `the overrides ${known.join(', ')}`
  throw new Failure(
    'refused',
    `WGSL: the manifest gives a value to the override "${stranger}"; the program has ${has}`,
  )
}

/** The invocations of a workgroup. A size that only the driver can work out counts as the largest; it checks the same limit. */
function workgroupOf(
  program: WgslProgram,
  { entry, overrides }: Pass,
  { size, ids }: { size: Entry['size']; ids: ReadonlyMap<string, string> },
): number {
  const most = limitOf(program, 'maxComputeInvocationsPerWorkgroup')
  const parts = size.map((part) => {
    const value = typeof part === 'string' ? overrides[ids.get(part) ?? part] : part
    return value !== undefined && Number.isInteger(value) && value > 0 ? value : Number.NaN
  })
  const product = parts.reduce((whole, part) => whole * part, 1)
  if (product > most)
    throw new Failure(
      'refused',
      `WGSL: "${entry}" has a workgroup of ${product} invocations; at most ${most} are allowed`,
    )
  return Number.isNaN(product) || size.length === 0 ? most : product
}
