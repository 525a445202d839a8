import { decodeCbor, encodeCbor } from '../protocol/cbor.ts'
import type { Blobs, Journal, Store, Values } from './store.ts'
import { CACHE_BYTES } from './store.ts'
import { Usage } from './usage.ts'

/** Opens a store that lasts as long as the page: for frames whose browser refuses to keep anything. */
export function openMemoryStore(cacheBytes = CACHE_BYTES): Store {
  const journals = new Map<string, Uint8Array[]>()
  return {
    journal: (name) => journalOf(journals, name),
    journals: async (prefix) => [...journals.keys()].filter((name) => name.startsWith(prefix)).sort(),
    async drop(name) {
      journals.delete(name)
    },
    blobs: makeBlobs(cacheBytes),
    values: makeValues(),
  }
}

function journalOf(journals: Map<string, Uint8Array[]>, name: string): Journal {
  return {
    async append(record) {
      const records = journals.get(name)
      if (records === undefined) journals.set(name, [record.slice()])
      else records.push(record.slice())
    },
    async *read() {
      for (let place = 0; ; place += 1) {
        const record = journals.get(name)?.[place]
        if (record === undefined) return
        yield record.slice()
      }
    },
  }
}

function makeBlobs(cacheBytes: number): Blobs {
  const usage = new Usage(cacheBytes)
  const blobs = new Map<string, Uint8Array>()
  return {
    async get(digest) {
      usage.touch(digest)
      return blobs.get(digest)?.slice()
    },
    async put(digest, bytes, { pin = false } = {}) {
      blobs.set(digest, bytes.slice())
      for (const gone of usage.add(digest, bytes.length, pin).surplus) blobs.delete(gone)
    },
    has: async (digest) => blobs.has(digest),
  }
}

/** Values are kept as bytes, as in every other store, so that nobody can change what is kept. */
function makeValues(): Values {
  const values = new Map<string, Uint8Array>()
  return {
    async get(key) {
      const bytes = values.get(key)
      return bytes === undefined ? undefined : decodeCbor(bytes, key)
    },
    async set(key, value) {
      values.set(key, encodeCbor(value))
    },
    async delete(key) {
      values.delete(key)
    },
  }
}
