import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Digest } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import { openNodeStore } from './node-store.ts'
import type { Store } from './store.ts'
import { CONTRACT_CACHE_BYTES, storeContract } from './store-contract.ts'

let folder = ''
let owner = new AbortController()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-store-'))
  owner = new AbortController()
})

afterEach(async () => {
  owner.abort()
  await rm(folder, { recursive: true, force: true })
})

describe('the store in a folder', () => {
  test.each(storeContract)('$name', async ({ run }) => {
    await run(await openNodeStore(folder, owner.signal, CONTRACT_CACHE_BYTES))
  })
})

async function numbers(store: Store, name: string): Promise<number[]> {
  const found: number[] = []
  for await (const record of store.journal(name).read()) found.push(new DataView(record.buffer).getUint32(0))
  return found
}

function packed(number: number): Uint8Array {
  const record = new Uint8Array(200)
  new DataView(record.buffer).setUint32(0, number)
  return record
}

async function reopen(): Promise<Store> {
  owner.abort()
  owner = new AbortController()
  return openNodeStore(folder, owner.signal, CONTRACT_CACHE_BYTES)
}

test('everything is there after closing and opening again', async () => {
  const first = await openNodeStore(folder, owner.signal, CONTRACT_CACHE_BYTES)
  const blobs = [1, 2, 3].map((seed) => new Uint8Array(300).fill(seed))
  await first.journal('a').append(packed(1))
  await first.values.set('key', [1])
  for (const blob of blobs) await first.blobs.put(digestOf(blob), blob, { pin: blob[0] === 1 })
  const second = await reopen()
  await second.journal('a').append(packed(2))
  expect(await numbers(second, 'a')).toEqual([1, 2])
  expect(await second.values.get('key')).toEqual([1])
  for (const seed of [4, 5]) {
    const blob = new Uint8Array(300).fill(seed)
    await second.blobs.put(digestOf(blob), blob)
  }
  const kept = await Promise.all(blobs.map((blob) => second.blobs.has(digestOf(blob))))
  expect(kept).toEqual([true, false, true])
})

test('what was appended before the end is kept, and afterwards every use is refused', async () => {
  const store = await openNodeStore(folder, owner.signal)
  const journal = store.journal('a')
  const appends = Array.from({ length: 500 }, (_, i) => journal.append(packed(i)))
  owner.abort()
  await Promise.all(appends)
  const closed = { code: 'storage', message: expect.stringContaining('is closed') }
  await expect(journal.append(packed(1))).rejects.toMatchObject(closed)
  await expect(numbers(store, 'a')).rejects.toMatchObject(closed)
  await expect(store.journals('')).rejects.toMatchObject(closed)
  await expect(store.drop('a')).rejects.toMatchObject(closed)
  await expect(store.values.get('a')).rejects.toMatchObject(closed)
  await expect(store.values.set('a', 1)).rejects.toMatchObject(closed)
  await expect(store.blobs.get('a' as Digest)).rejects.toMatchObject(closed)
  await expect(store.blobs.put('a' as Digest, packed(1))).rejects.toMatchObject(closed)
  expect(await numbers(await reopen(), 'a')).toHaveLength(500)
})

test('a folder that cannot be used is named', async () => {
  await expect(openNodeStore('/dev/null/store', owner.signal)).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('/dev/null/store'),
  })
})

test('a second user of the folder is refused until the first has ended', async () => {
  await openNodeStore(folder, owner.signal)
  await expect(openNodeStore(folder, owner.signal)).rejects.toMatchObject({
    code: 'storage',
    message: expect.stringContaining('another process is using it'),
  })
  expect(await numbers(await reopen(), 'a')).toEqual([])
})

/** Appends numbers without end, several at a time, and says each one that was acknowledged. */
const WRITER = `
  import { writeSync } from 'node:fs'
  import { openNodeStore } from ${JSON.stringify(new URL('node-store.ts', import.meta.url).href)}
  const store = await openNodeStore(process.argv[1], new AbortController().signal)
  const journal = store.journal('a')
  let next = Number(process.argv[2])
  const write = async () => {
    for (;;) {
      const number = next++
      const record = new Uint8Array(200)
      new DataView(record.buffer).setUint32(0, number)
      await journal.append(record)
      writeSync(1, number + '\\n')
    }
  }
  await Promise.all(Array.from({ length: 16 }, write))
`

/** Runs a writer and kills it with SIGKILL at a moment of chance after 200 acknowledgements. Returns the acknowledged. */
async function writeAndKill(first: number): Promise<number[]> {
  const args = ['--import', 'tsx', '--input-type=module', '-e', WRITER, folder, String(first)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged: number[] = []
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(Number(line))
    if (acknowledged.length === 200) setTimeout(() => child.kill('SIGKILL'), Math.random() * 40)
  }
  const [, signal] = await ended
  expect(signal).toBe('SIGKILL')
  return acknowledged
}

test('kill -9 in the middle of appends loses nothing that was acknowledged', async () => {
  let first = 0
  for (let round = 0; round < 3; round += 1) {
    const acknowledged = await writeAndKill(first)
    const kept = await numbers(await reopen(), 'a')
    expect(kept).toEqual(kept.map((_, index) => index))
    expect(acknowledged.filter((number) => number >= kept.length)).toEqual([])
    expect(acknowledged.length).toBeGreaterThanOrEqual(200)
    first = kept.length
    owner.abort()
  }
})
