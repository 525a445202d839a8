/** How many cases a random test tries: `normal`, or in the mode of `npm run fuzz` at least ten thousand. */
export const runs = (normal: number): number =>
  process.env.MODE === 'fuzz' ? Math.max(10_000, normal * 10) : normal

/** How long a random test may take, in milliseconds: what ten thousand cases need. */
export const DEEP_MS = 3_600_000
