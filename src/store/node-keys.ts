import { randomUUID } from 'node:crypto'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PrivateKey } from '../protocol/account.ts'
import { makeKey, readKey } from '../protocol/account.ts'
import { fromHex, toDigits } from '../protocol/bytes.ts'
import { Failure, reason } from '../protocol/failure.ts'

/**
 * Loads the private key in `<folder>/<name>.key`, or makes it; processes that ask at the same time get the same one. The
 * file is for its owner only: one that others may read is refused. Throws `storage`.
 */
export async function loadKeyFile(folder: string, name: string): Promise<PrivateKey> {
  const path = await keyPath(folder, name)
  const kept = await readKeyFile(path)
  if (kept !== undefined) return kept
  const key = makeKey()
  const isFirst = await write(path, key, 'create')
  return isFirst ? key : ((await readKeyFile(path)) ?? fail(path, 'it vanished while it was read'))
}

/** Puts another private key in the place of the one of that name, which is then lost unless it was kept elsewhere. Throws `storage`. */
export async function replaceKeyFile(folder: string, name: string, key: PrivateKey): Promise<void> {
  await write(await keyPath(folder, name), readKey(key), 'replace')
}

async function keyPath(folder: string, name: string): Promise<string> {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name))
    throw new Failure('malformed', `Key name "${name}": expected small letters, digits and dashes`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    return fail(folder, reason(cause))
  }
  return join(folder, `${name}.key`)
}

async function readKeyFile(path: string): Promise<PrivateKey | undefined> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) =>
    cause.code === 'ENOENT' ? undefined : fail(path, cause.message),
  )
  if (file === undefined) return undefined
  try {
    const mode = (await file.stat()).mode & 0o777
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      fail(path, `others may read it (mode ${mode.toString(8)}). Run: chmod 600 ${path}`)
    const text = (await file.readFile('utf8')).trim()
    if (!/^[0-9a-f]{64}$/.test(text)) fail(path, 'it does not hold a private key of 64 hexadecimal digits')
    return readKey(fromHex(text), path)
  } finally {
    await file.close()
  }
}

/** Writes a whole file aside, then gives it its name in one step. Returns false when `create` finds the name taken. */
async function write(path: string, key: PrivateKey, how: 'create' | 'replace'): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(`${toDigits(key)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    if (how === 'replace') await rename(draft, path)
    else await link(draft, path) // unlike a rename, it never replaces
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    return fail(path, reason(cause))
  } finally {
    await rm(draft, { force: true })
  }
}

function fail(path: string, why: string): never {
  throw new Failure('storage', `Key file ${path}: ${why}`)
}
