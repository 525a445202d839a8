import { median, spreadOf } from './spread.ts'

/** What a goal's figure is: its name, its unit, which way it should go and how far; null while there is no goal. */
export type Goal = {
  readonly metric: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly goal: number | null
}

/** What was measured for one goal: the value of each round, and what a ratio is to, in absolute terms. */
export type Found = {
  readonly samples: readonly number[]
  readonly baseline: number | null
  readonly note: string
}

/** One line of the scorecard. */
export type Row = Goal &
  Found & {
    /** The median of the samples, and their interquartile range by it; null where nothing was measured. */
    readonly value: number | null
    readonly spread: number | null
    /** Load average of the machine over the last minute. */
    readonly load: number
    readonly verdict: 'met' | 'short' | 'inconclusive' | 'reported' | 'absent'
  }

/** Above this a figure says more about the machine than about the program. */
const MAX_SPREAD = 0.3

/** The row of a goal that was measured. */
export function foundRow(goal: Goal, found: Found, load: number): Row {
  const value = median(found.samples)
  const spread = spreadOf(found.samples)
  return { ...goal, value, ...found, spread, load, verdict: judge(goal, value, spread) }
}

/** The row of a goal that cannot be measured; `note` is the reason. */
export function absentRow(goal: Goal, note: string, load: number): Row {
  return { ...goal, value: null, baseline: null, samples: [], spread: null, load, verdict: 'absent', note }
}

function judge({ goal, better }: Goal, value: number, spread: number): Row['verdict'] {
  if (goal === null) return 'reported'
  if (spread > MAX_SPREAD) return 'inconclusive'
  return (better === 'higher' ? value >= goal : value <= goal) ? 'met' : 'short'
}
