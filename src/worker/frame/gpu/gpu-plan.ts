import { Failure, malformed } from '../../../protocol/failure.ts'
import { bindingsOf } from '../../../protocol/manifest/bindings.ts'
import type { Bindings } from '../../../protocol/manifest/expression.ts'
import { compileExpression } from '../../../protocol/manifest/expression.ts'
import type { Manifest } from '../../../protocol/manifest/manifest.ts'
import { LENGTH_BYTES } from '../../../protocol/manifest/outputs.ts'
import { turnNames } from '../../../protocol/manifest/wgsl/gpu-buffer.ts'
import { flatPasses } from '../../../protocol/manifest/wgsl/passes.ts'
import type { WgslProgram } from '../../../protocol/manifest/wgsl/wgsl-program.ts'
import type { Round } from '../../executor.ts'
import { firstRound } from '../../executor.ts'
import { limitOf } from '../../guard/gpu-limits.ts'
import type { GuardedPass, GuardedWgsl } from '../../guard/guard-wgsl.ts'
import type { Dispatch } from '../../guard/unit-steps.ts'
import { checkUnitSteps } from '../../guard/unit-steps.ts'
import type { KernelParts } from '../../message.ts'
import { namesOf, programOf } from '../../unit.ts'
import type { PlannedBuffer, Slices } from './buffer-plan.ts'
import { BufferPlan } from './buffer-plan.ts'
import type { Turn, Turns } from './turns.ts'
import { turnsOf } from './turns.ts'

/** One dispatch: the number of its pass, its workgroups, what is copied before it, where buffers are, and where in a uniform the values of its turn lie. */
export type PlannedDispatch = Pick<Turn, 'pass' | 'copies' | 'places'> & {
  readonly workgroups: readonly [number, number, number]
  readonly offsets: ReadonlyMap<string, number>
}
/** What the GPU does for one unit. `bytes` are those of its buffers; `outputs` are the buffers to read after the last `copies`, and how much of each. */
export type UnitPlan = {
  readonly buffers: readonly PlannedBuffer[]
  readonly bytes: number
  readonly dispatches: readonly PlannedDispatch[]
  readonly copies: Turn['copies']
  readonly outputs: readonly { readonly buffer: string; readonly bytes: number }[]
}
/** The plans of a kernel: what stays on the GPU between units, and what is done for each unit. */
export type KernelPlan = {
  readonly lease: readonly PlannedBuffer[]
  unit(unit: number, round?: Round): UnitPlan
}

/** The most bytes of buffers on the GPU at a time. */
export const MAX_BUFFER_BYTES = 256 * 1024 * 1024

/** Prepares the plans of a kernel; a plan over a limit throws `refused`, `memory`, `oversized` or `malformed`. */
export function planOf(parts: KernelParts, guarded: GuardedWgsl, isSoftware: boolean): KernelPlan {
  const { manifest } = parts
  const program = programOf(manifest, 'wgsl')
  const all = program.buffers.map((buffer) => new BufferPlan(buffer, parts))
  const lease = all
    .filter(({ buffer }) => buffer.scope === 'lease')
    .map((plan) => plan.make({ unit: 0, round: firstRound }))
  const buffers = all.filter(({ buffer }) => buffer.scope === 'unit')
  const bind = bindingsOf(manifest)
  const turnsFor = turnsOf(program.passes, namesOf(manifest))
  const passes = guarded.passes.map((pass) => passPlan(pass, manifest))
  const outputsFor = outputsOf(manifest)

  const unit = (unit: number, round: Round = firstRound): UnitPlan => {
    const bindings = bind(unit, round.index)
    const { turns, copies, places } = turnsFor(bindings)
    const slices = new Map<string, Slices>()
    for (const plan of buffers) if (plan.isTurned) slices.set(plan.buffer.name, plan.slices({ unit, round }))
    const steps: Dispatch[] = []
    const dispatches = turns.map((turn) => {
      const { dispatch, cost } = passes[turn.pass]?.(turn, { bindings, slices }) ?? noPass(turn)
      steps.push(cost)
      return dispatch
    })
    const made = buffers.map((plan) => slices.get(plan.buffer.name)?.make() ?? plan.make({ unit, round }))
    checkPairs(program.passes, made)
    const all = [...turns.flatMap((turn) => turn.copies), ...copies]
    checkUnitSteps(
      [...steps, ...all.map(([from]) => copyCost(from, made))],
      isSoftware ? 'software' : 'hardware',
    )
    const bytes = sumBytes(made)
    if (bytes + sumBytes(lease) > MAX_BUFFER_BYTES)
      throw new Failure(
        'memory',
        `the buffers have ${bytes + sumBytes(lease)} bytes; at most ${MAX_BUFFER_BYTES} are allowed`,
      )
    return { buffers: made, bytes, dispatches, copies, outputs: outputsFor(made, { places, bindings }) }
  }
  return { lease, unit }
}

type PassPlan = (
  turn: Turn,
  from: { bindings: Bindings; slices: ReadonlyMap<string, Slices> },
) => { dispatch: PlannedDispatch; cost: Dispatch }

function passPlan({ pass, groups, workgroup, steps }: GuardedPass, manifest: Manifest): PassPlan {
  const names = turnNames(namesOf(manifest))
  const most = limitOf(programOf(manifest, 'wgsl'), 'maxComputeWorkgroupsPerDimension')
  const counts = pass.dispatch.map((entry, axis) => {
    const evaluate = compileExpression(entry, `dispatch[${axis}]`, names)
    return (bindings: Bindings): number => {
      const count = evaluate(bindings)
      if (count < 1 || count > most)
        throw malformed(`dispatch[${axis}] of "${pass.entry}"`, `1 to ${most} workgroups`, count)
      return count
    }
  })
  const used = [...new Set(groups.flat().map(({ buffer }) => buffer))]
  return ({ pass: number, values, copies, places }, { bindings, slices }) => {
    const [x = 1, y = 1, z = 1] = counts.map((count) => count({ ...values, ...bindings }))
    const offsets = used.flatMap((name) => {
      const offset = slices.get(name)?.add(values)
      return offset === undefined ? [] : [[name, offset] as const]
    })
    return {
      dispatch: { pass: number, workgroups: [x, y, z], copies, places, offsets: new Map(offsets) },
      cost: { turns: 1, invocations: x * y * z * workgroup, steps },
    }
  }
}

type OutputPlan = (
  buffers: readonly PlannedBuffer[],
  at: { places: Turns['places']; bindings: Bindings },
) => UnitPlan['outputs']

function outputsOf(manifest: Manifest): OutputPlan {
  const names = namesOf(manifest)
  const sizes = manifest.outputs.map(({ bytes }, index) =>
    compileExpression(bytes, `outputs[${index}].bytes`, names),
  )
  const { outputBytes } = manifest.limits
  return (buffers, { places, bindings }) => {
    const outputs = manifest.outputs.map(({ name }, index) => {
      const bytes = sizes[index]?.(bindings) ?? 0
      const held = sizeOf(name, buffers)
      if (bytes < 0 || bytes > held)
        throw malformed(`outputs[${index}].bytes`, 'at most the bytes of its buffer', bytes)
      return { buffer: places.get(name) ?? name, bytes }
    })
    const lengths = outputs.length === 1 ? 0 : LENGTH_BYTES * outputs.length
    const all = outputs.reduce((total, { bytes }) => total + bytes, lengths)
    if (all > outputBytes)
      throw new Failure('oversized', `the output has ${all} bytes, more than the limit of ${outputBytes}`)
    return outputs
  }
}

/** A copy is counted as invocations of one step that move 16 bytes each. */
function copyCost(from: string, buffers: readonly PlannedBuffer[]): Dispatch {
  return { turns: 1, invocations: Math.ceil(sizeOf(from, buffers) / 16), steps: 1 }
}

function sizeOf(name: string, buffers: readonly PlannedBuffer[]): number {
  return buffers.find((buffer) => buffer.name === name)?.bytes ?? 0
}

function checkPairs(passes: WgslProgram['passes'], buffers: readonly PlannedBuffer[]): void {
  for (const { copy = [], swap = [] } of [...passes, ...flatPasses(passes)])
    for (const [a, b] of [...copy, ...swap]) {
      const [first, second] = [sizeOf(a, buffers), sizeOf(b, buffers)]
      if (first === second) continue
      throw malformed('copy or swap', `buffers of equal size; "${a}" has ${first} bytes, "${b}"`, second)
    }
}

/** The bytes of these buffers together. */
export function sumBytes(buffers: readonly PlannedBuffer[]): number {
  return buffers.reduce((total, { bytes }) => total + bytes, 0)
}

function noPass({ pass }: Turn): never {
  throw new Failure('refused', `The program has no pass ${pass}`)
}
