import type { HistoryEntry } from '../../provider/state.ts'

/** What this browser remembers of a job that it worked for. */
export type JobNote = { readonly name: string; readonly units: number }

/** Counts the accepted units of each job in the history of this browser. */
export function noteJobs(history: readonly HistoryEntry[]): ReadonlyMap<string, JobNote> {
  const notes = new Map<string, JobNote>()
  for (const { jobId, jobName, kind } of history) {
    const units = (notes.get(jobId)?.units ?? 0) + (kind === 'accepted' ? 1 : 0)
    notes.set(jobId, { name: jobName, units })
  }
  return notes
}
