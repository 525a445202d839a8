import type { BlockSource } from '../../p2p/blocks/block-source.ts'
import { fetchBlob } from '../../p2p/blocks/fetch-blob.ts'
import type { Digest, Hex } from '../../protocol/bytes.ts'
import { cidOfDigest } from '../../protocol/cid.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Tile } from '../state.ts'

type Wanted = {
  readonly jobId: Hex
  readonly unit: number
  readonly digest: Digest
  /** So many bytes of the result stand before the output. */
  readonly skip: number
  readonly source: BlockSource
}

const FETCHES = 4
const MAX_TILE_BYTES = 4 * 1024 * 1024
/** The outputs of so many jobs are kept for showing. */
const MAX_JOBS = 4

/** The outputs that a page shows: our own as they come, others' once they are accepted and only while somebody watches. */
export class Tiles {
  readonly #kept = new Map<Hex, Map<number, Tile>>()
  readonly #watchers = new Set<(tile: Tile) => void>()
  readonly #signal: AbortSignal
  readonly #wanted = new Map<Hex, Map<number, Wanted>>()
  #fetching = 0

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(tile: Tile): void {
    const tiles = this.#kept.get(tile.jobId) ?? new Map<number, Tile>()
    if (tiles.has(tile.unit)) return
    tiles.set(tile.unit, tile)
    this.#kept.set(tile.jobId, tiles)
    dropOldest(this.#kept)
    for (const watcher of this.#watchers) watcher(tile)
  }

  watch(watcher: (tile: Tile) => void): () => void {
    for (const tiles of this.#kept.values()) for (const tile of tiles.values()) watcher(tile)
    this.#watchers.add(watcher)
    this.#fetch()
    return () => this.#watchers.delete(watcher)
  }

  /** Notes an accepted output that may be fetched. */
  want(wanted: Wanted): void {
    if (this.#kept.get(wanted.jobId)?.has(wanted.unit)) return
    const ofJob = this.#wanted.get(wanted.jobId) ?? new Map<number, Wanted>()
    this.#wanted.set(wanted.jobId, ofJob.set(wanted.unit, wanted))
    dropOldest(this.#wanted)
    this.#fetch()
  }

  #fetch(): void {
    while (this.#watchers.size > 0 && this.#fetching < FETCHES && !this.#signal.aborted) {
      const next = this.#next()
      if (next === undefined) return
      this.#fetching += 1
      void this.#get(next).finally(() => {
        this.#fetching -= 1
        this.#fetch()
      })
    }
  }

  #next(): Wanted | undefined {
    for (const [jobId, units] of this.#wanted) {
      const [first] = units.values()
      if (first === undefined || units.size === 1) this.#wanted.delete(jobId)
      if (first === undefined) continue
      units.delete(first.unit)
      return first
    }
    return undefined
  }

  async #get({ jobId, unit, digest, skip, source }: Wanted): Promise<void> {
    if (this.#kept.get(jobId)?.has(unit)) return
    try {
      const { size } = await source.list(digest)
      if (size > MAX_TILE_BYTES) return
      const options = { cache: NO_CACHE, signal: this.#signal }
      const result = await fetchBlob(source, { cid: cidOfDigest(digest), bytes: size }, options)
      this.add({ jobId, unit, output: result.subarray(skip), isOwn: false })
    } catch (error) {
      if (!(error instanceof Failure)) throw error // a picture with a hole is no harm
    }
  }
}

/** A visitor who stays for days sees many jobs: the oldest go. */
function dropOldest(jobs: Map<Hex, unknown>): void {
  const [oldest] = jobs.keys()
  if (jobs.size > MAX_JOBS && oldest !== undefined) jobs.delete(oldest)
}

const NO_CACHE = {
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
}
