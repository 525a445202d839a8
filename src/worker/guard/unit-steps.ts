import { Failure } from '../../protocol/failure.ts'

/** One dispatch of a unit: its invocations, and the most steps that one of them costs. */
export type Dispatch = { readonly invocations: number; readonly cost: number }

/** The most invocations of one dispatch. */
const MAX_INVOCATIONS = 2 ** 24
/**
 * The most steps of all invocations of a dispatch. A step is a sign or name of plain arithmetic; what is dearer counts as several
 * (`token-costs.ts`). In software two cores take 0.04 ns for a step, 11 s for a dispatch at the bound; hardware is a hundred
 * times as fast and more (estimated, not measured). Nothing ends a dispatch that has begun.
 */
const MAX_STEPS = { hardware: 2 ** 45, software: 2 ** 38 } as const
/** Invocations that run in step on any device: a smaller workgroup leaves the rest of them idle. */
const LANES = 4
/** A unit may come to so many dispatches at the bound: between them it can be ended. */
const MAX_DISPATCHES = 16

/** The dispatch of so many workgroups, each of which has so many invocations. */
export function dispatchOf(workgroups: number, workgroup: number, cost: number): Dispatch {
  return { invocations: workgroups * workgroup, cost: cost * Math.max(1, LANES / workgroup) }
}

/** The most steps of a unit: the sum over its dispatches of invocations x steps. */
export function unitSteps(dispatches: readonly Dispatch[]): number {
  return dispatches.reduce((sum, { invocations, cost }) => sum + invocations * cost, 0)
}

/**
 * Throws `refused` for a unit that could keep a device busy for too long. Gives which share of what the device may be given at
 * once each dispatch is: all that is submitted together should come to 1 at most.
 */
export function checkUnitSteps(dispatches: readonly Dispatch[], device: keyof typeof MAX_STEPS): number[] {
  const large = dispatches.find(({ invocations }) => invocations > MAX_INVOCATIONS)
  if (large !== undefined)
    throw new Failure(
      'refused',
      `the dispatch has ${large.invocations} invocations; at most ${MAX_INVOCATIONS} are allowed`,
    )
  const most = MAX_STEPS[device]
  const shares = dispatches.map((dispatch) => unitSteps([dispatch]) / most)
  const longest = Math.max(0, ...shares)
  if (longest > 1) throw tooLong('the dispatch has', Math.round(longest * most))
  const steps = unitSteps(dispatches)
  if (steps > MAX_DISPATCHES * most) throw tooLong('the unit has', steps)
  return shares
}

function tooLong(what: string, steps: number): Failure {
  const cause = `${what} ${steps} steps, which are more than this device may be given at once`
  return new Failure('refused', `${cause}; lower limits.loopBound or make units smaller`)
}
