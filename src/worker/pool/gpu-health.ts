import { Failure } from '../../protocol/failure.ts'

/** What is known of the GPU's failures. Immutable; times are milliseconds of any one clock. */
export type GpuHealth = {
  readonly losses: number
  readonly lossesByKernel: Readonly<Record<string, number>>
  /** Kernels that took too long to load, with the words in which they are refused. */
  readonly lateLoads: Readonly<Record<string, string>>
  /** It does not answer; nobody knows for how long. */
  readonly isWedged: boolean
  /** Until when no work is given to it, and why. */
  readonly restsUntil: number
  readonly cause: string
}

/** A GPU that never failed. */
export const healthyGpu: GpuHealth = {
  losses: 0,
  lossesByKernel: {},
  lateLoads: {},
  isWedged: false,
  restsUntil: 0,
  cause: '',
}

/** Rests after the first, second and further losses. */
const RESTS_MS = [1_000, 5_000, 30_000]
const MAX_LOSSES = 3
/** So many kernels may be refused before the GPU itself is taken to be at fault. */
const MAX_REFUSED = 2

/** The health after the worker of the GPU was ended by a failure of `kernel`. */
export function afterLoss(
  health: GpuHealth,
  kernel: string,
  { failure, now }: { failure: Failure; now: number },
): GpuHealth {
  const losses = health.losses + 1
  const restMs = RESTS_MS[Math.min(losses, RESTS_MS.length) - 1] ?? 0
  const lossesByKernel = { ...health.lossesByKernel, [kernel]: (health.lossesByKernel[kernel] ?? 0) + 1 }
  const isWedged = failure.code === 'wedged'
  return { ...health, losses, lossesByKernel, isWedged, restsUntil: now + restMs, cause: failure.message }
}

/**
 * The health after `kernel` was not loaded in time. A slow compiler is no loss, or a few honest kernels would take the GPU from
 * all; it may hold up the GPU (`isSilent`) until it is done.
 */
export function afterLateLoad(
  health: GpuHealth,
  kernel: string,
  { failure, isSilent }: { failure: Failure; isSilent: boolean },
): GpuHealth {
  const lateLoads = { ...health.lateLoads, [kernel]: failure.message }
  return isSilent ? afterSilence({ ...health, lateLoads }, failure) : { ...health, lateLoads }
}

/** The health of a GPU that does not answer, or that the browser does not give: no kernel is to blame for it. */
export function afterSilence(health: GpuHealth, failure: Failure): GpuHealth {
  return { ...health, isWedged: true, cause: failure.message }
}

/** The health of a GPU that did not answer and does again. */
export function afterAnswer(health: GpuHealth): GpuHealth {
  return { ...health, isWedged: false }
}

/**
 * Whether the GPU is given up until the page is loaded again: after three losses that no one kernel is to blame for, or when
 * a second kernel has caused three. A kernel that is refused no longer counts: it can do no more harm, and if it did count, one
 * hostile kernel could take the GPU from all others. So three losses by one kernel and two by others are no reason yet.
 */
export function isGivenUp({ lossesByKernel }: GpuHealth): boolean {
  const counts = Object.values(lossesByKernel)
  const refused = counts.filter((count) => count >= MAX_LOSSES)
  const others = counts.filter((count) => count < MAX_LOSSES).reduce((sum, count) => sum + count, 0)
  return refused.length >= MAX_REFUSED || others >= MAX_LOSSES
}

/** How long the GPU still rests, in milliseconds; for ever when it is given up or does not answer. */
export function restOf(health: GpuHealth, now: number): number {
  if (isGivenUp(health) || health.isWedged) return Number.POSITIVE_INFINITY
  return Math.max(0, health.restsUntil - now)
}

/** Why no kernel may use the GPU now; undefined when it may. */
export function troubleOf(health: GpuHealth, now: number): Failure | undefined {
  const { losses, cause } = health
  if (isGivenUp(health))
    return new Failure(
      'device-lost',
      `The GPU failed ${losses} times and is left alone until the page is loaded again (${cause})`,
    )
  if (health.isWedged)
    return new Failure('wedged', `The GPU does not answer, and is asked again from time to time (${cause})`)
  const restMs = restOf(health, now)
  if (restMs === 0) return undefined
  return new Failure(
    'device-lost',
    `The GPU failed and is tried again in ${Math.ceil(restMs / 1000)} s (${cause})`,
  )
}

/** Why a kernel may not use the GPU whatever its state; undefined when it may. */
export function blameOf(health: GpuHealth, kernel: string): Failure | undefined {
  const late = health.lateLoads[kernel]
  if (late !== undefined) return new Failure('refused', late)
  if ((health.lossesByKernel[kernel] ?? 0) < MAX_LOSSES) return undefined
  return new Failure('refused', `This kernel made the GPU fail ${MAX_LOSSES} times (${health.cause})`)
}
