/** How many results there were until a moment (ms). */
export type Sample = { readonly at: number; readonly count: number }
/** Results a minute at a moment. */
export type Rate = { readonly at: number; readonly perMinute: number }

const KEPT_SAMPLES = 900
const WINDOW_MS = 10_000

/** Turns samples of a growing count into a rate for each, over the time just before it. */
export function rates(samples: readonly Sample[], windowMs = WINDOW_MS): Rate[] {
  let first = 0
  return samples.slice(1).map((sample, index) => {
    while (first < index && sample.at - (samples[first]?.at ?? 0) > windowMs) first += 1
    const start = samples[first] ?? sample
    const spanMs = Math.max(1, sample.at - start.at)
    return { at: sample.at, perMinute: (Math.max(0, sample.count - start.count) * 60_000) / spanMs }
  })
}

/** The means of the rates in each whole minute, newest first. */
export function perMinute(points: readonly Rate[]): Rate[] {
  const minutes = new Map<number, number[]>()
  for (const point of points) {
    const minute = Math.floor(point.at / 60_000) * 60_000
    minutes.set(minute, [...(minutes.get(minute) ?? []), point.perMinute])
  }
  return [...minutes]
    .map(([at, list]) => ({ at, perMinute: list.reduce((sum, rate) => sum + rate, 0) / list.length }))
    .sort((a, b) => b.at - a.at)
}

/** The throughput of this tab over the last quarter of an hour. */
export class Pace {
  samples = $state.raw<readonly Sample[]>([])
  readonly points = $derived(rates(this.samples))
  readonly now = $derived(this.points.at(-1)?.perMinute ?? 0)

  record(sample: Sample): void {
    this.samples = [...this.samples.slice(1 - KEPT_SAMPLES), sample]
  }
}
