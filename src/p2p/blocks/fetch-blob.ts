import type { Digest } from '../../protocol/bytes.ts'
import type { Cid } from '../../protocol/cid.ts'
import { digestOfCid } from '../../protocol/cid.ts'
import { digestOf } from '../../protocol/digest.ts'
import { Failure, malformed } from '../../protocol/failure.ts'
import type { BlockList } from './block-message.ts'
import { BLOCK_BYTES, blockBytes } from './block-message.ts'
import type { BlockSource } from './block-source.ts'

/** Where blobs and blocks are kept by their digest. */
export type BlockCache = {
  get(digest: Digest): Promise<Uint8Array | undefined>
  put(digest: Digest, bytes: Uint8Array): Promise<void>
}

/** A cache for what is fetched once and kept elsewhere. */
export const NO_CACHE: BlockCache = { get: async () => undefined, put: async () => undefined }

/** A blob by its name and its exact length. */
export type WantedBlob = { readonly cid: Cid; readonly bytes: number }

export type FetchOptions = {
  readonly cache: BlockCache
  readonly signal: AbortSignal
  onProgress?(bytes: number, total: number): void
}

/** Blocks of one request, and requests under way at a time: 4 MiB, enough to fill any path. */
const BATCH = 4
const REQUESTS = 4

/**
 * Fetches a blob: from the cache, or the blocks that the cache lacks from the peer. Each block and the whole are verified.
 * Blocks are kept as they come, under their own digests, so that an interrupted fetch goes on where it was; the blob is
 * kept when it is whole. Throws `malformed` when the peer lies, `refused` when it has no such blob, `unreachable`,
 * `timeout`, `cancelled`.
 */
export async function fetchBlob(
  source: BlockSource,
  wanted: WantedBlob,
  options: FetchOptions,
): Promise<Uint8Array> {
  const blob = digestOfCid(wanted.cid)
  const kept = await options.cache.get(blob)
  if (kept?.length === wanted.bytes) return kept
  return fetchListed(source, { blob, min: wanted.bytes, max: wanted.bytes }, options)
}

/** Fetches a blob of which only the digest is known and how long it may be. Throws as `fetchBlob` does. */
export async function fetchUpTo(
  source: BlockSource,
  { digest, maxBytes }: { readonly digest: Digest; readonly maxBytes: number },
  options: FetchOptions,
): Promise<Uint8Array> {
  const kept = await options.cache.get(digest)
  if (kept !== undefined && kept.length <= maxBytes) return kept
  return fetchListed(source, { blob: digest, min: 0, max: maxBytes }, options)
}

type Wanted = { readonly blob: Digest; readonly min: number; readonly max: number }

async function fetchListed(source: BlockSource, wanted: Wanted, options: FetchOptions): Promise<Uint8Array> {
  const { cache, onProgress } = options
  const { blob } = wanted
  const list = await unlessCancelled(source.list(blob), options.signal)
  try {
    checkList(list, wanted, source.peer)
    const whole = new Uint8Array(list.size)
    const missing = await fillFromCache(whole, list, cache)
    const missingBytes = missing.reduce((sum, index) => sum + blockBytes(list.size, index), 0)
    onProgress?.(list.size - missingBytes, list.size)
    await fetchMissing(source, { blob, list, whole, missing }, options)
    if (digestOf(whole) !== blob)
      throw malformed(`blob ${blob}`, `the bytes of that digest from peer ${source.peer}`)
    await cache.put(blob, whole)
    return whole
  } catch (error) {
    if (error instanceof Failure && error.code === 'malformed') source.abort(error)
    throw error
  }
}

function checkList({ size, blocks }: BlockList, { blob, min, max }: Wanted, peer: string): void {
  const path = `blob ${blob} from peer ${peer}`
  if (size < min || size > max)
    throw malformed(path, min === max ? `${max} bytes` : `at most ${max} bytes`, size)
  if (blocks.length === 1 && blocks[0] !== blob)
    throw malformed(path, 'a single block of the same digest', blocks[0])
}

/** Copies what the cache has, and gives the indexes of the blocks that it lacks. */
async function fillFromCache(whole: Uint8Array, list: BlockList, cache: BlockCache): Promise<number[]> {
  const missing: number[] = []
  for (const [index, digest] of list.blocks.entries()) {
    const block = await cache.get(digest)
    if (block?.length === blockBytes(list.size, index)) whole.set(block, index * BLOCK_BYTES)
    else missing.push(index)
  }
  return missing
}

type Fetching = {
  readonly blob: Digest
  readonly list: BlockList
  readonly whole: Uint8Array
  readonly missing: readonly number[]
}

async function fetchMissing(
  source: BlockSource,
  { blob, list, whole, missing }: Fetching,
  { cache, signal, onProgress }: FetchOptions,
): Promise<void> {
  let next = 0
  let doneBytes = missing.reduce((left, index) => left - blockBytes(list.size, index), list.size)
  const stop = new AbortController()
  const fetchNext = async () => {
    while (next < missing.length && !stop.signal.aborted) {
      const indexes = missing.slice(next, next + BATCH)
      next += indexes.length
      const order = indexes.values()
      const arrived: [Digest, Uint8Array][] = []
      const blocks = indexes.flatMap((index) => list.blocks[index] ?? [])
      await source.get({ blob, blocks }, (digest, bytes) => {
        const index = order.next().value ?? 0
        if (bytes.length !== blockBytes(list.size, index) || digestOf(bytes) !== digest)
          throw malformed(
            `block ${index} of blob ${blob}`,
            `the bytes of its digest from peer ${source.peer}`,
          )
        whole.set(bytes, index * BLOCK_BYTES)
        arrived.push([digest, bytes])
        doneBytes += bytes.length
        onProgress?.(doneBytes, list.size)
      })
      for (const [digest, bytes] of arrived) await cache.put(digest, bytes)
    }
  }
  try {
    const requests = Promise.all(Array.from({ length: REQUESTS }, fetchNext))
    await unlessCancelled(requests, signal)
  } finally {
    stop.abort()
  }
}

/** Waits for `work`, but not beyond the signal. Throws `cancelled`. */
async function unlessCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let cancel: () => void = () => undefined
  const cancelled = new Promise<never>((_, reject) => {
    cancel = () => reject(new Failure('cancelled', 'the fetch was cancelled', { cause: signal.reason }))
  })
  const either = AbortSignal.any([signal])
  if (either.aborted) cancel()
  either.addEventListener('abort', cancel, { once: true })
  try {
    return await Promise.race([work, cancelled])
  } finally {
    either.removeEventListener('abort', cancel)
  }
}
