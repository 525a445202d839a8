import { Failure } from '../protocol/failure.ts'
import { openMemoryStore } from './memory-store.ts'
import type { Store } from './store.ts'
import { openTabStore } from './tab-store.ts'

/** A store, and whether it outlives the page; if not, `why` says so to the visitor. */
export type TabStore = { readonly store: Store; readonly isKept: boolean; readonly why: string }

/** Opens the store of that name in the browser, or one in memory where the browser refuses, and says which. Throws `unsupported`. */
export async function openBestTabStore(name: string, signal: AbortSignal): Promise<TabStore> {
  try {
    return { store: await openTabStore(name, signal), isKept: true, why: '' }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'storage') throw error
    const why = `${error.message}. Nothing is kept when this page closes`
    return { store: openMemoryStore(), isKept: false, why }
  }
}
