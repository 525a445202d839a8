import type { DBSchema, IDBPDatabase } from 'idb'
import { openDB } from 'idb'
import type { PrivateKey } from '../protocol/account.ts'
import { makeKey, readKey } from '../protocol/account.ts'
import { Failure } from '../protocol/failure.ts'
import { refusal } from './refusal.ts'

/** A private key as it lies in IndexedDB: sealed by an AES-GCM key that the browser never gives out. */
type Sealed = { readonly seal: CryptoKey; readonly iv: Uint8Array; readonly bytes: Uint8Array }
type Schema = DBSchema & { keys: { key: string; value: Sealed } }

/** A key, and whether it outlives the page; if not, `why` says so to the visitor. */
export type TabKey = { readonly key: PrivateKey; readonly isKept: boolean; readonly why: string }

const DATABASE = 'weft-keys'
const AES = { name: 'AES-GCM', length: 256 } as const

/** Loads the private key of that name, or makes it; tabs that ask at the same time get the same one. Throws `storage`. */
export async function loadKey(name: string): Promise<PrivateKey> {
  return withDatabase(name, async (database) => {
    const kept = await database.get('keys', name)
    if (kept !== undefined) return unseal(kept)
    const fresh = await seal(makeKey())
    const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' })
    const first = await transaction.store.get(name) // another tab may have been quicker
    if (first === undefined) await transaction.store.put(fresh, name)
    await transaction.done
    return unseal(first ?? fresh)
  })
}

/** Puts another private key in the place of the one of that name, which is then lost unless it was exported. Throws `storage`. */
export async function replaceKey(name: string, key: PrivateKey): Promise<void> {
  await withDatabase(name, async (database) => {
    const sealed = await seal(readKey(key))
    const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' })
    await Promise.all([transaction.store.put(sealed, name), transaction.done])
  })
}

/** Loads or makes the key of that name, or makes one in memory where the browser refuses to keep it, and says which. */
export async function loadBestKey(name: string): Promise<TabKey> {
  try {
    return { key: await loadKey(name), isKept: true, why: '' }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'storage') throw error
    return { key: makeKey(), isKept: false, why: `${error.message}. This key is lost when the page closes` }
  }
}

async function withDatabase<T>(
  name: string,
  use: (database: IDBPDatabase<Schema>) => Promise<T>,
): Promise<T> {
  return refusal(`the key ${name}`, async () => {
    if (globalThis.crypto?.subtle === undefined)
      throw new Failure(
        'storage',
        `Storage of the key ${name}: the page must be served by https or from this machine`,
      )
    const database = await openDB<Schema>(DATABASE, 1, {
      upgrade: (fresh) => void fresh.createObjectStore('keys'),
    })
    try {
      return await use(database)
    } finally {
      database.close()
    }
  })
}

async function seal(key: PrivateKey): Promise<Sealed> {
  const seal = await crypto.subtle.generateKey(AES, false, ['encrypt', 'decrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const bytes = await crypto.subtle.encrypt({ name: AES.name, iv }, seal, new Uint8Array(key))
  return { seal, iv, bytes: new Uint8Array(bytes) }
}

async function unseal({ seal, iv, bytes }: Sealed): Promise<PrivateKey> {
  const params = { name: AES.name, iv: new Uint8Array(iv) }
  return readKey(new Uint8Array(await crypto.subtle.decrypt(params, seal, new Uint8Array(bytes))))
}
