import { toDigits } from '../../src/protocol/bytes.ts'
import { digestOf } from '../../src/protocol/digest.ts'
import { reason } from '../../src/protocol/failure.ts'
import { openBestTabStore } from '../../src/store/best-tab-store.ts'
import { CONTRACT_CACHE_BYTES, storeContract } from '../../src/store/store-contract.ts'
import { loadBestKey, loadKey, replaceKey } from '../../src/store/tab-keys.ts'
import { openTabStore } from '../../src/store/tab-store.ts'

/** What a story asks of the store inside a page. */
export type StoreProbe = {
  /** Runs one case of the contract on a fresh database; empty when its promise holds. */
  check(index: number): Promise<string>
  /** Appends numbers without end to the journal `log`, saying each that was acknowledged on the console. */
  write(name: string, strict: boolean): Promise<void>
  /** The numbers in the journal `log`. */
  numbers(name: string): Promise<number[]>
  /** Appends a record of so many bytes; why it fails, or empty. */
  fill(name: string, bytes: number): Promise<string>
  /** The durability of the transactions that a relaxed and a strict append take. */
  durabilities(name: string): Promise<string[]>
  /** Opens a store, lets a newer version take over, uses the store, and opens it again; why each fails. */
  outdate(name: string): Promise<string[]>
  /** Puts blobs of 300 bytes named by their seeds, and tells which are there after opening the store again. */
  seeds(name: string, put: readonly number[]): Promise<number[]>
  key(name: string): Promise<string>
  replaceKey(name: string, fill: number): Promise<string>
  /** Every byte that lies in the database of keys, as digits, and whether any key in it can be exported. */
  keyBytes(): Promise<{ readonly digits: string; readonly isExtractable: boolean }>
  /** What a page gets where storage may be refused. */
  best(name: string): Promise<{ store: string; key: string; areKept: boolean[]; works: boolean }>
}

declare global {
  interface Window {
    storeProbe: StoreProbe
  }
}

const forever = new AbortController().signal

/** Runs `action` and gives why it failed, or nothing. */
async function failure(action: () => Promise<unknown>): Promise<string> {
  try {
    await action()
    return ''
  } catch (error) {
    return reason(error)
  }
}

async function check(index: number): Promise<string> {
  const owner = new AbortController()
  const store = await openTabStore(`contract ${index}`, owner.signal, CONTRACT_CACHE_BYTES)
  try {
    return await failure(async () => storeContract[index]?.run(store))
  } finally {
    owner.abort()
  }
}

async function write(name: string, strict: boolean): Promise<void> {
  const journal = (await openTabStore(name, forever)).journal('log')
  let next = 0
  const writer = async (): Promise<void> => {
    for (;;) {
      const number = next
      next += 1
      await journal.append(new Uint8Array(new Uint32Array([number]).buffer), { strict })
      console.log(`acknowledged ${number}`)
    }
  }
  await Promise.all([writer(), writer(), writer(), writer()])
}

async function numbers(name: string): Promise<number[]> {
  const store = await openTabStore(name, forever)
  const found: number[] = []
  for await (const record of store.journal('log').read())
    found.push(new Uint32Array(record.slice().buffer)[0] ?? -1)
  return found
}

async function durabilities(name: string): Promise<string[]> {
  const store = await openTabStore(name, forever)
  const seen: string[] = []
  const { transaction } = IDBDatabase.prototype
  IDBDatabase.prototype.transaction = function spied(...args) {
    const made = transaction.apply(this, args)
    if (made.mode === 'readwrite') seen.push(made.durability)
    return made
  }
  await store.journal('a').append(new Uint8Array(1))
  await store.journal('a').append(new Uint8Array(1), { strict: true })
  IDBDatabase.prototype.transaction = transaction
  return seen
}

async function outdate(name: string): Promise<string[]> {
  const store = await openTabStore(name, forever)
  const newer = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 2)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  newer.close()
  const uses = [
    () => store.journal('a').append(new Uint8Array(1)),
    () => store.values.get('a'),
    () => openTabStore(name, forever),
    () => openBestTabStore(name, forever),
  ]
  return Promise.all(uses.map(failure))
}

async function seeds(name: string, put: readonly number[]): Promise<number[]> {
  const blob = (seed: number): Uint8Array => new Uint8Array(300).fill(seed)
  const owner = new AbortController()
  const { blobs } = await openTabStore(name, owner.signal, CONTRACT_CACHE_BYTES)
  for (const seed of put) await blobs.put(digestOf(blob(seed)), blob(seed), { pin: seed === 1 })
  owner.abort()
  const again = await openTabStore(name, forever, CONTRACT_CACHE_BYTES)
  const there = await Promise.all(
    Array.from({ length: 20 }, (_, seed) => again.blobs.has(digestOf(blob(seed)))),
  )
  return there.flatMap((isThere, seed) => (isThere ? [seed] : []))
}

async function keyBytes(): Promise<{ digits: string; isExtractable: boolean }> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('weft-keys')
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const entries = await new Promise<unknown[]>((resolve) => {
    const request = database.transaction('keys').objectStore('keys').getAll()
    request.onsuccess = () => resolve(request.result)
  })
  database.close()
  const values = entries.flatMap((entry) => Object.values(entry as Record<string, unknown>))
  const digits = values.map((value) => (value instanceof Uint8Array ? toDigits(value) : '')).join(' ')
  const keys = values.filter((value) => value instanceof CryptoKey)
  const exports = await Promise.all(keys.map((key) => failure(() => crypto.subtle.exportKey('raw', key))))
  return { digits, isExtractable: keys.length === 0 || exports.includes('') }
}

async function best(name: string): ReturnType<StoreProbe['best']> {
  const [{ store, isKept, why }, key] = [await openBestTabStore(name, forever), await loadBestKey(name)]
  await store.values.set('a', 1)
  const works = (await store.values.get('a')) === 1 && key.key.length === 32
  return { store: why, key: key.why, areKept: [isKept, key.isKept], works }
}

window.storeProbe = {
  check,
  write,
  numbers,
  fill: (name, bytes) =>
    failure(async () => (await openTabStore(name, forever)).journal('a').append(new Uint8Array(bytes))),
  durabilities,
  outdate,
  seeds,
  key: async (name) => toDigits(await loadKey(name)),
  replaceKey: (name, fill) => failure(() => replaceKey(name, new Uint8Array(32).fill(fill))),
  keyBytes,
  best,
}
