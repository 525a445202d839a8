import type { Digest } from '../../protocol/bytes.ts'
import { digestOf } from '../../protocol/digest.ts'
import { sleep } from '../sleep.ts'
import type { BlockList } from './block-message.ts'
import { BLOCK_BYTES } from './block-message.ts'

type Shelved = { readonly bytes: Uint8Array; readonly list: BlockList; readonly places: Map<Digest, number> }

/** Bytes of blobs that are kept at hand while they are asked for. */
const SHELF_BYTES = 128 * 1024 * 1024
/** Blocks to hash before others get their turn: some milliseconds. */
const HASH_RUN = 8

/** Blobs cut into blocks, kept at hand while they are asked for. */
export class BlockShelf {
  readonly #read: (digest: Digest) => Promise<Uint8Array | undefined>
  readonly #shelved = new Map<Digest, Promise<Shelved | undefined>>()
  readonly #sizes = new Map<Digest, number>()

  constructor(read: (digest: Digest) => Promise<Uint8Array | undefined>) {
    this.#read = read
  }

  /** The blocks of a blob, or undefined when it is not here. */
  async list(blob: Digest): Promise<BlockList | undefined> {
    return (await this.#take(blob))?.list
  }

  /** A block of a blob, or undefined when neither the blob nor the block is here. */
  async block(blob: Digest, block: Digest): Promise<Uint8Array | undefined> {
    const shelved = await this.#take(blob)
    const place = shelved?.places.get(block)
    if (shelved === undefined || place === undefined) return this.#read(block)
    return shelved.bytes.subarray(place, place + BLOCK_BYTES)
  }

  async #take(blob: Digest): Promise<Shelved | undefined> {
    const known = this.#shelved.get(blob)
    const shelving = known ?? this.#shelve(blob)
    // Last in the map is what was asked for last.
    this.#shelved.delete(blob)
    this.#shelved.set(blob, shelving)
    try {
      const shelved = await shelving
      if (shelved === undefined) this.#shelved.delete(blob)
      return shelved
    } catch (error) {
      this.#shelved.delete(blob)
      throw error
    }
  }

  async #shelve(blob: Digest): Promise<Shelved | undefined> {
    const bytes = await this.#read(blob)
    if (bytes === undefined) return undefined
    const blocks: Digest[] = []
    const places = new Map<Digest, number>()
    for (let place = 0; place < bytes.length; place += BLOCK_BYTES) {
      const digest = digestOf(bytes.subarray(place, place + BLOCK_BYTES))
      blocks.push(digest)
      places.set(digest, place)
      if (blocks.length % HASH_RUN === 0) await sleep(0)
    }
    this.#makeRoom(blob, bytes.length)
    return { bytes, list: { size: bytes.length, blocks }, places }
  }

  #makeRoom(blob: Digest, size: number): void {
    this.#sizes.set(blob, size)
    let total = 0
    for (const one of this.#sizes.values()) total += one
    for (const oldest of this.#shelved.keys()) {
      if (total <= SHELF_BYTES) return
      if (oldest === blob) continue
      total -= this.#sizes.get(oldest) ?? 0
      this.#sizes.delete(oldest)
      this.#shelved.delete(oldest)
    }
  }
}
