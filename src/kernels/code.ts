import type { Cid } from '../protocol/cid.ts'
import { cidOf } from '../protocol/cid.ts'

/** Code or an input of a sample job, with the name of its bytes. */
export type Named = { readonly cid: Cid; readonly bytes: Uint8Array }

/** Names bytes. */
export function named(bytes: Uint8Array): Named {
  return { cid: cidOf(bytes), bytes }
}

/** Reads the base64 text that `build.mjs` wrote. */
export function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
