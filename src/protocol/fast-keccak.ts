import { createKeccak } from 'hash-wasm'
import type { Keccak } from './account.ts'

/**
 * Loads a keccak-256 in WebAssembly, about four times as fast as `keccak`: for the trees of a settler in Node. The policy of
 * our pages lets them compile no WebAssembly.
 */
export async function loadKeccak(): Promise<Keccak> {
  const hasher = await createKeccak(256)
  return (bytes) => hasher.init().update(bytes).digest('binary')
}
