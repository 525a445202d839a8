/** How many cases a random test tries: `normal`, or at least ten thousand when `WEFT_FUZZ=deep` is set. */
export const runs = (normal: number): number =>
  process.env.WEFT_FUZZ === 'deep' ? Math.max(10_000, normal * 10) : normal
