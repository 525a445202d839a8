import type { Room } from './decide.ts'

/** Less is never left than this, so that it is noticed when there is room again. */
const LEAST = 0.25
const STEP = 0.1

/** Halves what is left of the limits. */
export function squeeze({ share }: Room, why: NonNullable<Room['why']>): Room {
  return { share: Math.max(LEAST, share / 2), why }
}

/** Gives back a tenth of the limits. */
export function widen({ share, ...same }: Room): Room {
  const wider = Math.round((share + STEP) * 100) / 100 // tenths do not add up to 1 by themselves
  return wider >= 1 ? { share: 1 } : { ...same, share: wider }
}
