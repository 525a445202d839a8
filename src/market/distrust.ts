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
