import { Failure, malformed } from '../../protocol/failure.ts'
import { bindingsOf } from '../../protocol/manifest/bindings.ts'
import { compileExpression } from '../../protocol/manifest/expression.ts'
import type { GuardedWgsl } from '../guard/guard-wgsl.ts'
import { MAX_INVOCATIONS } from '../guard/guard-wgsl.ts'
import type { KernelParts } from '../message.ts'
import { fillOf, namesOf, programOf } from '../unit.ts'

/** A buffer of one unit; without `content` it starts as zeros. */
export type PlannedBuffer = {
  readonly name: string
  readonly usage: 'uniform' | 'storage'
  readonly bytes: number
  readonly content?: Uint8Array<ArrayBuffer>
}

/** What the GPU does for one unit. */
export type UnitPlan = {
  readonly buffers: readonly PlannedBuffer[]
  readonly bytes: number
  readonly dispatch: readonly [number, number, number]
  readonly outputBytes: number
}

/** The most bytes of buffers on the GPU at a time. */
export const MAX_BUFFER_BYTES = 256 * 1024 * 1024
const MAX_GROUPS = 65_535
/** The most steps of all invocations of a dispatch together, on hardware and in software: what may take seconds, never for ever. */
const MAX_TOTAL_STEPS = { hardware: 2 ** 40, software: 2 ** 36 } as const

/** Prepares the plans of a kernel's units; a plan over a limit throws `refused`, `memory`, `oversized` or `malformed`. */
export function planOf(
  parts: KernelParts,
  guarded: GuardedWgsl,
  isSoftware: boolean,
): (unit: number) => UnitPlan {
  const { manifest } = parts
  const names = namesOf(manifest)
  const bind = bindingsOf(manifest)
  const buffers = programOf(manifest, 'wgsl').buffers.map((buffer) => ({
    ...buffer,
    size: compileExpression(buffer.bytes, `${buffer.name}.bytes`, names),
    fill: buffer.init === undefined ? undefined : fillOf(manifest, parts.inputs, buffer.init),
  }))
  const dispatch = guarded.pass.dispatch.map((entry, axis) =>
    compileExpression(entry, `dispatch[${axis}]`, names),
  )
  const outputSize = compileExpression(manifest.outputs[0].bytes, 'outputs[0].bytes', names)
  const maxSteps = isSoftware ? MAX_TOTAL_STEPS.software : MAX_TOTAL_STEPS.hardware
  return (unit) => {
    const bindings = bind(unit)
    const planned = buffers.map(({ name, usage, size, fill }): PlannedBuffer => {
      const bytes = readSize(size(bindings), name)
      if (fill === undefined) return { name, usage, bytes }
      const content = fill(unit)
      if (content.length > bytes)
        throw malformed(`buffer "${name}"`, `content of at most ${bytes} bytes`, content)
      return { name, usage, bytes, content }
    })
    const bytes = planned.reduce((sum, buffer) => sum + buffer.bytes, 0)
    if (bytes > MAX_BUFFER_BYTES)
      throw new Failure('memory', `the buffers have ${bytes} bytes; at most ${MAX_BUFFER_BYTES} are allowed`)
    const [x = 1, y = 1, z = 1] = dispatch.map((evaluate) => evaluate(bindings))
    checkDispatch([x, y, z], guarded, maxSteps)
    const outputBytes = outputSize(bindings)
    const output = planned.find(({ name }) => name === manifest.outputs[0].name)
    if (output === undefined || outputBytes > output.bytes)
      throw malformed('outputs[0].bytes', 'at most the bytes of its buffer', outputBytes)
    if (outputBytes > manifest.limits.outputBytes)
      throw new Failure(
        'oversized',
        `the output has ${outputBytes} bytes, more than the limit of ${manifest.limits.outputBytes}`,
      )
    return { buffers: planned, bytes, dispatch: [x, y, z], outputBytes }
  }
}

function readSize(bytes: number, name: string): number {
  if (bytes < 4) throw malformed(`buffer "${name}"`, 'at least 4 bytes', bytes)
  return Math.ceil(bytes / 4) * 4
}

function checkDispatch(groups: readonly number[], guarded: GuardedWgsl, maxSteps: number): void {
  for (const [axis, count] of groups.entries())
    if (count < 1 || count > MAX_GROUPS)
      throw malformed(`dispatch[${axis}]`, `1 to ${MAX_GROUPS} workgroups`, count)
  const invocations = groups.reduce((product, count) => product * count, guarded.workgroup)
  if (invocations > MAX_INVOCATIONS)
    throw new Failure(
      'refused',
      `the dispatch has ${invocations} invocations; at most ${MAX_INVOCATIONS} are allowed`,
    )
  if (invocations * guarded.steps > maxSteps) {
    const cause = `${invocations} invocations of up to ${guarded.steps} steps are more than this device may be given at once`
    throw new Failure('refused', `${cause}; lower limits.loopBound or make units smaller`)
  }
}
