/** So many stretches of units are written out. */
const MAX_STRETCHES = 40

/** Writes unit numbers for a reader, neighbours as a stretch: `0–3, 7, 9–12`. */
export function showUnits(units: readonly number[]): string {
  const sorted = [...units].sort((a, b) => a - b)
  const stretches: { from: number; to: number }[] = []
  for (const unit of sorted) {
    const last = stretches.at(-1)
    if (last !== undefined && unit === last.to + 1) last.to = unit
    else stretches.push({ from: unit, to: unit })
  }
  const shown = stretches.slice(0, MAX_STRETCHES)
  const rest = sorted.length - shown.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const written = shown.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')
  return rest > 0 ? `${written} and ${rest} more` : written
}
