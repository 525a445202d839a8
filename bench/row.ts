import { median, spreadOf } from './spread.ts'

/** Which way a figure should go. */
export type Better = 'higher' | 'lower'
export type Verdict = 'met' | 'short' | 'inconclusive' | 'reported' | 'absent'

/** One line of the scorecard: one goal, and what was found. */
export type Row = {
  readonly metric: string
  readonly value: number | null
  readonly unit: string
  readonly better: Better
  /** Null while there is none. */
  readonly goal: number | null
  /** What the value is a ratio to, in absolute terms; null for a count or a size. */
  readonly baseline: number | null
  /** The value of each round. */
  readonly samples: readonly number[]
  /** Interquartile range by median; null where nothing was measured. */
  readonly spread: number | null
  /** Load average of the machine over the last minute, at the end. */
  readonly load: number
  readonly verdict: Verdict
  readonly note: string
}

/** One goal as the scorecard states it. */
export type Goal = Pick<Row, 'metric' | 'unit' | 'better' | 'goal'>
/** What a metric found for one goal. */
export type Found = Pick<Row, 'metric' | 'samples' | 'note'> & { readonly baseline?: number }

/** Above this a figure says more about the machine than about the program. */
const MAX_SPREAD = 0.3

/** The row of a goal that was measured. */
export function foundRow(goal: Goal, { samples, note, baseline = null }: FoundValues, load: number): Row {
  const value = median(samples)
  const spread = spreadOf(samples)
  return { ...goal, value, baseline, samples, spread, load, verdict: judge(goal, value, spread), note }
}

type FoundValues = Pick<Row, 'samples' | 'note'> & { readonly baseline?: number | null }

/** The row of a goal that cannot be measured, with the reason. */
export function absentRow(goal: Goal, note: string, load: number): Row {
  return { ...goal, value: null, baseline: null, samples: [], spread: null, load, verdict: 'absent', note }
}

function judge({ goal, better }: Goal, value: number, spread: number): Verdict {
  if (goal === null) return 'reported'
  if (spread > MAX_SPREAD) return 'inconclusive'
  return (better === 'higher' ? value >= goal : value <= goal) ? 'met' : 'short'
}
