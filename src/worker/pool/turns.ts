/** Who waits for a turn: a job, and whose it is. */
export type Claim = { readonly owner: string; readonly job: string }

/** How many turns are under way, and which was the last to begin. */
type Place = { running: number; last: number }

/** Who had no turn among so many others is as one who never had any. */
const MOST = 1_000

/**
 * Whose turn it is, where the jobs of several publishers share what runs them. Publishers go round first, then the jobs of each: ten jobs
 * bring a publisher no more turns than one does.
 */
export class Turns {
  /** By owner and by job, the ones that began a turn last at the end. */
  readonly #places = new Map<string, Place>()
  #count = 0

  /** Sorts those who wait: first comes who has the least under way, then who began its last turn the longest ago; equals stay in their order. */
  sort<W>(waiting: readonly W[], claimOf: (each: W) => Claim): W[] {
    const known = waiting.map((each) => ({
      each,
      places: keysOf(claimOf(each)).map((key) => this.#place(key)),
    }))
    return known.sort((a, b) => compare(a.places, b.places)).map(({ each }) => each)
  }

  /** Takes note of a turn that begins. What it gives is to be called when the turn is over. */
  begin(claim: Claim): () => void {
    this.#count += 1
    const begun = keysOf(claim).map((key) => {
      const place = this.#place(key)
      place.running += 1
      place.last = this.#count
      this.#places.delete(key)
      this.#places.set(key, place)
      return place
    })
    this.#forget()
    return () => {
      for (const place of begun) place.running -= 1
    }
  }

  #place(key: string): Place {
    return this.#places.get(key) ?? { running: 0, last: 0 }
  }

  #forget(): void {
    for (const [key, { running }] of this.#places) {
      if (this.#places.size <= MOST) return
      if (running === 0) this.#places.delete(key)
    }
  }
}

function keysOf({ owner, job }: Claim): string[] {
  return [owner, `${owner} ${job}`]
}

function compare(a: readonly Place[], b: readonly Place[]): number {
  for (const [level, place] of a.entries()) {
    const { running, last } = b[level] ?? place
    if (place.running !== running) return place.running - running
    if (place.last !== last) return place.last - last
  }
  return 0
}
