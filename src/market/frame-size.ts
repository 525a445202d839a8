/** A frame should keep a worker busy this long: long enough to hide the round trip, short enough to lose cheaply. */
const TARGET_MS = 35
const MAX_UNITS = 512
const MAX_BYTES = 1024 * 1024

/** What is known of a provider's speed at a job: running mean of milliseconds a unit; undefined before the first result. */
export type Speed = number | undefined

/** How many units the next frame holds, for outputs of `unitBytes` each. One, until the speed is known. */
export function frameUnits(speed: Speed, unitBytes: number): number {
  if (speed === undefined) return 1
  const byTime = Math.round(TARGET_MS / Math.max(speed, TARGET_MS / MAX_UNITS))
  const byBytes = Math.floor(MAX_BYTES / Math.max(1, unitBytes))
  return Math.max(1, Math.min(byTime, byBytes, MAX_UNITS))
}

/** Folds a frame's time into the running mean. Times under a tenth of a millisecond are lost in the clock. */
export function foldSpeed(speed: Speed, elapsedMs: number, units: number): Speed {
  const unitMs = Math.max(elapsedMs, 0.1) / Math.max(1, units)
  return speed === undefined ? unitMs : speed + (unitMs - speed) / 4
}
