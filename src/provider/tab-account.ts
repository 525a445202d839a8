import type { PrivateKey } from '../protocol/account.ts'
import { readKey } from '../protocol/account.ts'
import { fromHex } from '../protocol/bytes.ts'
import { Failure, malformed } from '../protocol/failure.ts'
import { loadKey, replaceKey } from '../store/tab-keys.ts'

/** The two accounts of a browser: one earns, the other pays for jobs. */
export type TabRole = 'provider' | 'publisher'

/** Loads the key of an account that this browser keeps, whether anything works with it or not. Throws `storage`. */
export function loadTabKey(role: TabRole): Promise<PrivateKey> {
  return loadKey(role)
}

/** Puts a pasted key in the place of an account that no tab works with. Throws `malformed`, `refused` or `storage`. */
export async function replaceTabKey(role: TabRole, text: string): Promise<void> {
  const key = readKeyText(text)
  const isFree = await navigator.locks.request(`weft-${role}`, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await replaceKey(role, key)
    return lock !== null
  })
  if (!isFree)
    throw new Failure(
      'refused',
      'A tab of this browser works with this account: close it or stop its work first',
    )
}

/** Reads a private key as a visitor pastes it. Throws `malformed` without repeating it. */
export function readKeyText(text: string): PrivateKey {
  const digits = text.trim().replace(/^0x/, '')
  if (!/^[0-9a-fA-F]{64}$/.test(digits))
    throw malformed('key', '64 hexadecimal digits, as the export gives them')
  return readKey(fromHex(digits), 'key')
}
