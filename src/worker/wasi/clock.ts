/** What each reading of a clock adds to it, in nanoseconds. */
const STEP = 1_000n
/** The real time of the earliest unit: 2020-01-01, in seconds since 1970. */
const EPOCH_SECONDS = 1_577_836_800
/** The real time of a unit lies within so many seconds of the earliest: about two years. */
const SPREAD_SECONDS = 2 ** 26

/**
 * The time of one unit. It is the same on every machine: it begins at a moment that follows from the seed, each reading is
 * a microsecond later than the one before, and waiting adds what was waited for.
 */
export class Clock {
  readonly #start: bigint
  #passed = 0n

  constructor(seed: number) {
    this.#start = BigInt(EPOCH_SECONDS + (seed % SPREAD_SECONDS)) * 1_000_000_000n
  }

  /** Nanoseconds that one reading adds. */
  get resolution(): bigint {
    return STEP
  }

  /** What a clock shows, in nanoseconds: since 1970, or since the unit began. */
  shown(isReal: boolean): bigint {
    return isReal ? this.#start + this.#passed : this.#passed
  }

  /** Reads a clock, which takes time. */
  read(isReal: boolean): bigint {
    this.#passed += STEP
    return this.shown(isReal)
  }

  /** Waits until the clock shows `time`, or not at all if it does already. */
  waitUntil(time: bigint, isReal: boolean): void {
    const passed = isReal ? time - this.#start : time
    if (passed > this.#passed) this.#passed = passed
  }
}
