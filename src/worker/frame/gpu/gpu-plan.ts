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
import { checkUnitSteps, dispatchOf } from '../../guard/unit-steps.ts'
import type { KernelParts } from '../../message.ts'
import { namesOf, programOf } from '../../unit.ts'
import type { PlannedBuffer, Slices } from './buffer-plan.ts'
import { BufferPlan, MAX_BUFFER_BYTES, Room } from './buffer-plan.ts'
import type { Turn, Turns } from './turns.ts'
import { turnsOf } from './turns.ts'

/** One dispatch: the number of its pass, its workgroups, what is copied before it, where buffers are, and where in a uniform the values of its turn lie. */
export type PlannedDispatch = Pick<Turn, 'pass' | 'copies' | 'places'> & {
  /** Which share it is of what the device may be given at once. */
  readonly share: number
  readonly workgroups: readonly [number, number, number]
  readonly offsets: ReadonlyMap<string, number>
}
/** What the GPU does for one unit. `bytes` are those of its buffers, `share` what it takes of what the device may be given at once; `outputs` are the buffers to read after the last `copies`, and how much of each. */
export type UnitPlan = {
  readonly buffers: readonly PlannedBuffer[]
  readonly bytes: number
  readonly share: number
  readonly dispatches: readonly PlannedDispatch[]
  readonly copies: Turn['copies']
  readonly outputs: readonly { readonly buffer: string; readonly bytes: number }[]
}
/** The plans of a kernel: what stays on the GPU between units, and what is done for each unit. */
export type KernelPlan = {
  readonly lease: readonly PlannedBuffer[]
  unit(unit: number, round?: Round): UnitPlan
}

/** Prepares the plans of a kernel; a plan over a limit throws `refused`, `memory`, `oversized` or `malformed`. */
export function planOf(parts: KernelParts, guarded: GuardedWgsl, isSoftware: boolean): KernelPlan {
  const { manifest } = parts
  const program = programOf(manifest, 'wgsl')
  const all = program.buffers.map((buffer) => new BufferPlan(buffer, parts))
  const stays = all.filter(({ buffer }) => buffer.scope === 'lease')
  const first = { unit: 0, round: firstRound }
  const leaseBytes = stays.reduce((sum, plan) => sum + plan.bytes(first), 0)
  new Room(MAX_BUFFER_BYTES).take(leaseBytes)
  const lease = stays.map((plan) => plan.make(first))
  const buffers = all.filter(({ buffer }) => buffer.scope === 'unit')
  const bind = bindingsOf(manifest)
  const turnsFor = turnsOf(program.passes, namesOf(manifest))
  const passes = guarded.passes.map((pass) => passPlan(pass, manifest))
  const outputsFor = outputsOf(manifest)

  const unit = (unit: number, round: Round = firstRound): UnitPlan => {
    const bindings = bind(unit, round.index)
    const { turns, copies, places } = turnsFor(bindings)
    const room = new Room(MAX_BUFFER_BYTES - leaseBytes)
    const names = { unit, round }
    const sizes = new Map(buffers.map((plan) => [plan.buffer.name, plan.bytes(names)]))
    for (const plan of buffers) if (!plan.isTurned) room.take(sizes.get(plan.buffer.name) ?? 0)
    checkPairs(program.passes, sizes)
    const planned = turns.map((turn) => passes[turn.pass]?.(turn, bindings) ?? noPass(turn))
    const all = [...turns.flatMap((turn) => turn.copies), ...copies].map(([from]) => copyCost(from, sizes))
    const shares = checkUnitSteps(
      [...planned.map(({ cost }) => cost), ...all],
      isSoftware ? 'software' : 'hardware',
    )
    // What is built takes memory: all that can be refused before was.
    const slices = new Map<string, Slices>()
    for (const plan of buffers) if (plan.isTurned) slices.set(plan.buffer.name, plan.slices(names, room))
    const dispatches = planned.map(({ dispatch, used }, index) => {
      const { values } = turns[index] ?? {}
      const offsets = used.flatMap((name) => {
        const offset = values && slices.get(name)?.add(values)
        return offset === undefined ? [] : [[name, offset] as const]
      })
      return { ...dispatch, share: shares[index] ?? 1, offsets: new Map(offsets) }
    })
    const made = buffers.map((plan) => slices.get(plan.buffer.name)?.make() ?? plan.make(names))
    const size = { bytes: sumBytes(made), share: dispatches.reduce((sum, each) => sum + each.share, 0) }
    return { buffers: made, ...size, dispatches, copies, outputs: outputsFor(sizes, { places, bindings }) }
  }
  return { lease, unit }
}

type PassPlan = (
  turn: Turn,
  bindings: Bindings,
) => { dispatch: Omit<PlannedDispatch, 'share' | 'offsets'>; used: readonly string[]; cost: Dispatch }

function passPlan({ pass, groups, workgroup, cost }: GuardedPass, manifest: Manifest): PassPlan {
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
  return ({ pass: number, values, copies, places }, bindings) => {
    const [x = 1, y = 1, z = 1] = counts.map((count) => count({ ...values, ...bindings }))
    return {
      dispatch: { pass: number, workgroups: [x, y, z], copies, places },
      used,
      cost: dispatchOf(x * y * z, workgroup, cost),
    }
  }
}

type Sizes = ReadonlyMap<string, number>
type OutputPlan = (sizesOf: Sizes, at: { places: Turns['places']; bindings: Bindings }) => UnitPlan['outputs']

function outputsOf(manifest: Manifest): OutputPlan {
  const names = namesOf(manifest)
  const sizes = manifest.outputs.map(({ bytes }, index) =>
    compileExpression(bytes, `outputs[${index}].bytes`, names),
  )
  const { outputBytes } = manifest.limits
  return (held, { places, bindings }) => {
    const outputs = manifest.outputs.map(({ name }, index) => {
      const bytes = sizes[index]?.(bindings) ?? 0
      if (bytes < 0 || bytes > (held.get(name) ?? 0))
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

/** A copy is counted as invocations that move 16 bytes each. */
function copyCost(from: string, sizes: Sizes): Dispatch {
  return { invocations: Math.ceil((sizes.get(from) ?? 0) / 16), cost: 16 }
}

function checkPairs(passes: WgslProgram['passes'], sizes: Sizes): void {
  for (const { copy = [], swap = [] } of [...passes, ...flatPasses(passes)])
    for (const [a, b] of [...copy, ...swap]) {
      const [first, second] = [sizes.get(a) ?? 0, sizes.get(b) ?? 0]
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
