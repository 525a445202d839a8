import { malformed } from '../../failure.ts'
import type { Bindings, Expression } from '../expression.ts'
import type { GpuBuffer } from '../wgsl/gpu-buffer.ts'
import type { Pass, PassGroup } from '../wgsl/passes.ts'
import { MAX_DISPATCHES } from '../wgsl/passes.ts'
import type { Limit } from '../wgsl/requires.ts'
import type { WgslProgram } from '../wgsl/wgsl-program.ts'
import type { UnitValues } from './check-recipe.ts'
import { checkRecipe } from './check-recipe.ts'

/** What every GPU takes, and the limit that a program requires where it needs more. */
const BUFFER_BYTES = {
  uniform: { least: 65_536, limit: 'maxUniformBufferBindingSize' },
  storage: { least: 134_217_728, limit: 'maxStorageBufferBindingSize' },
} as const
const WORKGROUPS = { least: 65_535, limit: 'maxComputeWorkgroupsPerDimension' } as const

const FIRST_TURN = { iteration: 0, step: 0 }

type Sizes = ReadonlyMap<string, number>
type Place = { readonly path: string; readonly turn: Bindings; readonly isInGroup?: boolean }

/** Checks buffers and passes of a WGSL program with the values of one unit. Throws `malformed` with the field's path. */
export function checkWgslUnit(program: WgslProgram, path: string, values: UnitValues): void {
  const sizes = new Map(
    program.buffers.map((buffer, index) => {
      return [buffer.name, bufferBytes(buffer, `${path}.buffers[${index}]`, { program, values })] as const
    }),
  )
  let count = 0
  for (const [index, entry] of program.passes.entries()) {
    const place = `${path}.passes[${index}]`
    checkPairs(entry, place, sizes)
    for (const steps of stepsOf(entry, place, { program, values })) {
      count += steps
      if (count > MAX_DISPATCHES)
        throw malformed(
          `${path}.passes`,
          `at most ${MAX_DISPATCHES} dispatches of a unit, in all turns of all passes`,
        )
    }
  }
}

type Unit = { readonly program: WgslProgram; readonly values: UnitValues }

function bufferBytes(
  { bytes, usage, init = [] }: GpuBuffer,
  path: string,
  { program, values }: Unit,
): number {
  const size = values.value(bytes, `${path}.bytes`)
  const most = limitOf(program, BUFFER_BYTES[usage])
  if (size < 4 || size > most)
    throw malformed(
      `${path}.bytes`,
      `4 to ${most} bytes, what a ${usage} buffer has without more in requires.limits.${BUFFER_BYTES[usage].limit}`,
      size,
    )
  const whole = Math.ceil(size / 4) * 4
  const value: UnitValues['value'] = (entry, place) => values.value(entry, place, FIRST_TURN)
  const content = checkRecipe(init, `${path}.init`, { ...values, value })
  if (content > whole) throw malformed(`${path}.init`, `at most ${whole} bytes, those of the buffer`, content)
  return whole
}

/** The dispatches of each turn of each pass; what a pass says is checked for the first and the last of them. */
function* stepsOf(entry: Pass | PassGroup, path: string, unit: Unit): Generator<number> {
  if (!('passes' in entry)) {
    yield stepsOfPass(entry, { path, turn: FIRST_TURN }, unit)
    return
  }
  const turns = repeatOf(entry.repeat, { path, turn: {} }, unit)
  for (let iteration = 0; iteration < turns; iteration += 1)
    for (const [index, pass] of entry.passes.entries()) {
      const place = { path: `${path}.passes[${index}]`, turn: { iteration, step: 0 }, isInGroup: true }
      yield stepsOfPass(pass, place, unit)
    }
}

function stepsOfPass(pass: Pass, { path, turn, isInGroup = false }: Place, unit: Unit): number {
  const steps = repeatOf(pass.repeat ?? 1, { path, turn }, unit)
  const most = limitOf(unit.program, WORKGROUPS)
  for (const step of steps === 0 ? [] : new Set([0, steps - 1]))
    for (const [axis, expression] of pass.dispatch.entries()) {
      const place = `${path}.dispatch[${axis}]`
      const count = unit.values.value(
        expression,
        place,
        isInGroup ? { ...turn, step } : { iteration: step, step },
      )
      if (count < 1 || count > most)
        throw malformed(place, `1 to ${most} workgroups; use "repeat": 0 to leave a pass out`, count)
    }
  return steps
}

function repeatOf(repeat: Expression, { path, turn }: Place, { values }: Unit): number {
  const count = values.value(repeat, `${path}.repeat`, turn)
  if (count < 0 || count > MAX_DISPATCHES)
    throw malformed(`${path}.repeat`, `0 to ${MAX_DISPATCHES} turns`, count)
  return count
}

function checkPairs(entry: Pass | PassGroup, path: string, sizes: Sizes): void {
  for (const field of ['copy', 'swap'] as const)
    for (const [index, [a, b]] of (entry[field] ?? []).entries()) {
      if (sizes.get(a) === sizes.get(b)) continue
      const expected = `buffers of equal size, but "${a}" has ${sizes.get(a)} bytes and "${b}"`
      throw malformed(`${path}.${field}[${index}]`, expected, sizes.get(b))
    }
  if ('passes' in entry)
    entry.passes.forEach((pass, index) => {
      checkPairs(pass, `${path}.passes[${index}]`, sizes)
    })
}

function limitOf({ requires }: WgslProgram, { least, limit }: { least: number; limit: Limit }): number {
  return Math.max(requires?.limits?.[limit] ?? 0, least)
}
