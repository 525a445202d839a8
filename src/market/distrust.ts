/** A job of which so many units fail and none works is left by a provider, and ended by a publisher who knows it too. */
export const GIVE_UP_UNITS = 5

/** So many rejected results, and more than were accepted, and a payee gets no more work at a job. */
const ENOUGH = 5

/** Decides whether a payee's results are too often wrong to be worth another lease: every one of them costs a third opinion. */
export function isDistrusted({
  accepted,
  rejected,
}: {
  readonly accepted: number
  readonly rejected: number
}): boolean {
  return rejected >= ENOUGH && rejected > accepted
}
