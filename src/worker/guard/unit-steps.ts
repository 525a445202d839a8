import { Failure } from '../../protocol/failure.ts'

/** One dispatch of a unit, done `turns` times: its invocations, and the most steps of one of them. */
export type Dispatch = { readonly turns: number; readonly invocations: number; readonly steps: number }

/** The most invocations of one dispatch. */
const MAX_INVOCATIONS = 2 ** 24
/** The most steps of all invocations of a unit together, on hardware and in software: what may take seconds, never for ever. */
export const MAX_UNIT_STEPS = { hardware: 2 ** 40, software: 2 ** 36 } as const

/** The most steps of a unit: the sum over its dispatches of turns x invocations x steps. */
export function unitSteps(dispatches: readonly Dispatch[]): number {
  return dispatches.reduce((sum, { turns, invocations, steps }) => sum + turns * invocations * steps, 0)
}

/** Throws `refused` for a unit that could keep a device busy for too long. */
export function checkUnitSteps(dispatches: readonly Dispatch[], device: keyof typeof MAX_UNIT_STEPS): void {
  const large = dispatches.find(({ invocations }) => invocations > MAX_INVOCATIONS)
  if (large !== undefined)
    throw new Failure(
      'refused',
      `the dispatch has ${large.invocations} invocations; at most ${MAX_INVOCATIONS} are allowed`,
    )
  const steps = unitSteps(dispatches)
  if (steps <= MAX_UNIT_STEPS[device]) return
  const invocations = dispatches.reduce((sum, entry) => sum + entry.turns * entry.invocations, 0)
  const cause = `${invocations} invocations with ${steps} steps in all are more than this device may be given at once`
  throw new Failure('refused', `${cause}; lower limits.loopBound or make units smaller`)
}
