import type { PrivateKey } from '../protocol/account.ts'
import { loadKeyFile } from '../store/node-keys.ts'

/** Loads the key of a relay from a folder, or makes it: clients keep the peer id in their addresses. Throws `storage`. */
export function loadRelayKey(folder: string): Promise<PrivateKey> {
  return loadKeyFile(folder, 'relay')
}
