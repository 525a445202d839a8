import { Failure } from '../protocol/failure.ts'

/** What is known of the GPU's failures. Immutable; times are milliseconds of any one clock. */
export type GpuHealth = {
  readonly losses: number
  readonly lossesByKernel: Readonly<Record<string, number>>
  /** Until when no work is given to it, and why. */
  readonly restsUntil: number
  readonly cause: string
}

/** A GPU that never failed. */
export const healthyGpu: GpuHealth = { losses: 0, lossesByKernel: {}, restsUntil: 0, cause: '' }

/** Rests after the first, second and further losses, and after a unit that did not end. */
const RESTS_MS = [1_000, 5_000, 30_000]
const WEDGED_MS = 30_000
const MAX_LOSSES = 3

/** The health after the worker of the GPU was ended by a failure of `kernel`. A unit that did not end may hold the GPU for long. */
export function afterLoss(
  health: GpuHealth,
  kernel: string,
  { failure, now }: { failure: Failure; now: number },
): GpuHealth {
  const losses = health.losses + 1
  const restMs = failure.code === 'timeout' ? WEDGED_MS : (RESTS_MS[losses - 1] ?? WEDGED_MS)
  const lossesByKernel = { ...health.lossesByKernel, [kernel]: (health.lossesByKernel[kernel] ?? 0) + 1 }
  return { losses, lossesByKernel, restsUntil: now + restMs, cause: failure.message }
}

/** Whether the GPU is given up until the page is loaded again. */
export function isGivenUp({ losses }: GpuHealth): boolean {
  return losses >= MAX_LOSSES
}

/** Why a kernel may not use the GPU now; undefined when it may. */
export function refusalOf(health: GpuHealth, kernel: string, now: number): Failure | undefined {
  if (isGivenUp(health))
    return new Failure(
      'device-lost',
      `The GPU failed ${health.losses} times and is left alone until the page is loaded again (${health.cause})`,
    )
  if ((health.lossesByKernel[kernel] ?? 0) >= MAX_LOSSES)
    return new Failure('refused', `This kernel made the GPU fail ${MAX_LOSSES} times (${health.cause})`)
  if (now >= health.restsUntil) return undefined
  const seconds = Math.ceil((health.restsUntil - now) / 1000)
  return new Failure('device-lost', `The GPU failed and is tried again in ${seconds} s (${health.cause})`)
}
