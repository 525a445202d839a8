import type { PublishedJob } from '../../publisher/state.ts'

/** The units of a job that are verified, paid or not yet. */
export function verifiedUnits({ counts }: Pick<PublishedJob, 'counts'>): number {
  return counts.accepted + counts.paid
}
