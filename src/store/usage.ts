/** What a store notes beside each blob. `order` rises with each use. */
export type Use = { readonly sizeBytes: number; readonly isPinned: boolean; readonly order: number }

/**
 * Knows which blobs were used last, and which must go when those that are not pinned exceed `capBytes`. The order of
 * reads counts while the store is open; over a restart, the order of writes.
 */
export class Usage {
  readonly #capBytes: number
  /** The least recently used first. */
  readonly #uses = new Map<string, Use>()
  #cachedBytes = 0
  #order = 0

  constructor(capBytes: number, kept: Iterable<readonly [string, Use]> = []) {
    this.#capBytes = capBytes
    for (const [digest, use] of [...kept].sort(([, a], [, b]) => a.order - b.order)) this.#set(digest, use)
  }

  /** Notes a read. */
  touch(digest: string): void {
    const use = this.#uses.get(digest)
    if (use !== undefined) this.#set(digest, use)
  }

  /** Notes a write. Returns what to keep beside the blob, and the blobs that have to go. */
  add(digest: string, sizeBytes: number, pin: boolean): { readonly use: Use; readonly surplus: string[] } {
    const isPinned = pin || this.#uses.get(digest)?.isPinned === true
    const use = { sizeBytes, isPinned, order: this.#order + 1 }
    this.#set(digest, use)
    return { use, surplus: this.#trim(digest) }
  }

  #set(digest: string, use: Use): void {
    this.#remove(digest)
    this.#uses.set(digest, use)
    this.#order = Math.max(this.#order, use.order)
    if (!use.isPinned) this.#cachedBytes += use.sizeBytes
  }

  #remove(digest: string): void {
    const use = this.#uses.get(digest)
    this.#uses.delete(digest)
    if (use?.isPinned === false) this.#cachedBytes -= use.sizeBytes
  }

  /** The newest stays even when it alone is over the cap: whoever put it is about to read it. */
  #trim(newest: string): string[] {
    const surplus: string[] = []
    for (const [digest, use] of this.#uses) {
      if (this.#cachedBytes <= this.#capBytes) break
      if (use.isPinned || digest === newest) continue
      this.#remove(digest)
      surplus.push(digest)
    }
    return surplus
  }
}
