/** The middle of some numbers; of an even count, the mean of the two in the middle. Throws without numbers. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5)
}

/** How far the middle half of some numbers reaches, as a share of their median. */
export function spreadOf(numbers: readonly number[]): number {
  const middle = median(numbers)
  return middle === 0 ? 0 : (quantile(numbers, 0.75) - quantile(numbers, 0.25)) / Math.abs(middle)
}

/** The number below which a share of the sorted numbers lies, between two of them by proportion. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)]
  const high = sorted[Math.ceil(place)]
  if (low === undefined || high === undefined) throw new RangeError('no numbers')
  return low + (high - low) * (place - Math.floor(place))
}
