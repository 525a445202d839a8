import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeKey } from '../protocol/account.ts'
import { toDigits } from '../protocol/bytes.ts'
import { reason } from '../protocol/failure.ts'
import { loadKeyFile, replaceKeyFile } from './node-keys.ts'

let base = ''
let folder = ''

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'weft-keys-'))
  folder = join(base, 'keys')
})
afterEach(() => rm(base, { recursive: true, force: true }))

test('a key is made once, for its owner only, and loaded again', async () => {
  const key = await loadKeyFile(folder, 'settler')
  expect(key).toHaveLength(32)
  expect(await loadKeyFile(folder, 'settler')).toEqual(key)
  expect(await loadKeyFile(folder, 'publisher')).not.toEqual(key)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, 'settler.key'))).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['publisher.key', 'settler.key'])
})

test('those who ask at the same time get the same key', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadKeyFile(folder, 'peer')))
  expect(new Set(keys.map(toDigits)).size).toBe(1)
  expect(await readdir(folder)).toEqual(['peer.key'])
})

test('a replaced key is the one that is loaded', async () => {
  await loadKeyFile(folder, 'peer')
  const key = makeKey()
  await replaceKeyFile(folder, 'peer', key)
  expect(await loadKeyFile(folder, 'peer')).toEqual(key)
  expect((await stat(join(folder, 'peer.key'))).mode & 0o777).toBe(0o600)
})

test.each([0o640, 0o604, 0o660])(
  'a file of mode %o is refused with the command that mends it',
  async (mode) => {
    const key = await loadKeyFile(folder, 'peer')
    const path = join(folder, 'peer.key')
    await chmod(path, mode)
    const failure = await loadKeyFile(folder, 'peer').catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'Failure', code: 'storage' })
    expect(reason(failure)).toContain(`others may read it (mode ${mode.toString(8)}). Run: chmod 600 ${path}`)
    expect(reason(failure)).not.toContain(toDigits(key))
  },
)

test.each(['', 'xyz', `${'ab'.repeat(32)}00`, '0'.repeat(64), 'f'.repeat(64)])(
  'a file that holds no key (%s) is refused, never overwritten and never shown',
  async (content) => {
    await loadKeyFile(folder, 'peer')
    const path = join(folder, 'peer.key')
    await writeFile(path, content)
    const failure = await loadKeyFile(folder, 'peer').catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'Failure' })
    expect(reason(failure)).toContain(path)
    if (content !== '') expect(reason(failure)).not.toContain(content)
    expect(await readFile(path, 'utf8')).toBe(content)
  },
)

test('a key that is none is not written', async () => {
  await expect(replaceKeyFile(folder, 'peer', new Uint8Array(32))).rejects.toThrow('32 bytes of a secp256k1')
  expect(await readdir(folder)).toEqual([])
})

test.each(['../peer', 'Peer', '', 'a/b'])('%j is no name for a key', async (name) => {
  await expect(loadKeyFile(folder, name)).rejects.toThrow('small letters, digits and dashes')
})

test('a folder that cannot be made is named', async () => {
  await writeFile(folder, 'a file')
  await expect(loadKeyFile(folder, 'peer')).rejects.toThrow(`Key file ${folder}`)
})
