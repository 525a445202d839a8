/** A place for one unit, with the bytes that it keeps for the next one. */
type Slot = { readonly bytes: number; close(): void }
/** What a unit takes: bytes on the GPU, and a share of what the device may be given at once. */
type Load = { readonly bytes: number; readonly share: number }

/** Lets units onto the GPU as long as what they take together is within the bounds. One that is alone may take all. */
export class InFlight {
  readonly #slots: readonly Slot[]
  readonly #mostBytes: number
  readonly #inside = new Map<Slot, Load>()
  #door: Promise<unknown> = Promise.resolve()
  #tellLeft: () => void = () => undefined

  constructor(slots: readonly Slot[], mostBytes: number) {
    this.#slots = slots
    this.#mostBytes = mostBytes
  }

  /**
   * Plans a unit, waits until there is room for it, and runs it in `slot`. Units come in one after the other: so only one waits with
   * all that it uploads, and none waits for ever. Throws what `plan` and `act` throw.
   */
  async run<P extends Load, R>(slot: Slot, plan: () => P, act: (planned: P) => Promise<R>): Promise<R> {
    const entering = this.#door.then(() => this.#enter(slot, plan))
    this.#door = entering.catch(() => undefined)
    const planned = await entering
    try {
      return await act(planned)
    } finally {
      this.#inside.delete(slot)
      this.#tellLeft()
    }
  }

  async #enter<P extends Load>(slot: Slot, plan: () => P): Promise<P> {
    const planned = plan()
    while (!this.#fits(planned)) await new Promise<void>((resolve) => (this.#tellLeft = resolve))
    this.#inside.set(slot, planned)
    const idle = this.#slots.filter((other) => !this.#inside.has(other))
    if (sum([...this.#inside.values(), ...idle], 'bytes') > this.#mostBytes)
      for (const other of idle) other.close()
    return planned
  }

  #fits(load: Load): boolean {
    const all = [...this.#inside.values(), load]
    if (all.length === 1) return true
    return sum(all, 'bytes') <= this.#mostBytes && sum(all, 'share') <= 1
  }
}

function sum<K extends string>(all: readonly Readonly<Record<K, number>>[], key: K): number {
  return all.reduce((total, each) => total + each[key], 0)
}
