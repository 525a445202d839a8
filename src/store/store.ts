import type { Digest } from '../protocol/bytes.ts'

/** An append-only list of records. Several journals live side by side in one store, each with its own name. */
export type Journal = {
  /**
   * Resolves when the record is in a completed transaction; records appended close together share one, in order. In a tab
   * `strict` asks the browser to flush to disk first; in Node every append is flushed. Throws `storage`, and then so
   * does every later append, because a journal with a hole is worse than one that ends.
   */
  append(record: Uint8Array, options?: { readonly strict?: boolean }): Promise<void>
  /** The records so far, in order, those appended while reading included. Throws `storage`. */
  read(): AsyncIterable<Uint8Array>
}

/** Bytes by their digest. What is not pinned is a cache: the least recently used goes first when it is full. */
export type Blobs = {
  get(digest: Digest): Promise<Uint8Array | undefined>
  /** Keeps bytes that the caller has checked against `digest`. What is pinned once stays pinned. */
  put(digest: Digest, bytes: Uint8Array, options?: { readonly pin?: boolean }): Promise<void>
  has(digest: Digest): Promise<boolean>
}

/** Small values by key, each one that canonical CBOR can say. */
export type Values = {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  delete(key: string): Promise<void>
}

/** What survives. */
export type Store = {
  /** The journal of that name; it exists from its first record on. */
  journal(name: string): Journal
  /** The names of the journals that begin with `prefix`, sorted. */
  journals(prefix: string): Promise<string[]>
  /** Deletes a journal and all its records. */
  drop(name: string): Promise<void>
  readonly blobs: Blobs
  readonly values: Values
}

/** The most bytes of blobs that are kept without being pinned, unless told otherwise. */
export const CACHE_BYTES = 256 * 1024 * 1024
