import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { holdFolder } from './hold-folder.ts'
import { endProcess, nameProcess } from './process.ts'

let folder = ''
const data = (isFresh = false) => ({ folder, isFresh })
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a folder that is held refuses a second network and names its process', async () => {
  await holdFolder(data(), async () => {
    await expect(holdFolder(data(), async () => 'second')).rejects.toThrow(
      `Another network (process ${process.pid}) runs on ${folder}. Stop it first, or use another folder with --data DIR.`,
    )
  })
  expect(await holdFolder(data(), async () => 'later')).toBe('later')
  expect(await readdir(folder)).toEqual(['weft.json'])
})

test('a folder is free again after work that failed', async () => {
  await expect(
    holdFolder(data(), async () => {
      throw new Error('broken')
    }),
  ).rejects.toThrow('broken')
  expect(await holdFolder(data(), async () => 'next')).toBe('next')
})

test('a lock of a process that was killed is removed', async () => {
  const holder = spawn('sleep', ['60'])
  const name = nameProcess(holder.pid ?? 0)
  if (name === undefined) throw new Error('no holder')
  await writeFile(join(folder, 'network.lock'), JSON.stringify(name))
  await expect(holdFolder(data(), async () => 'early')).rejects.toThrow(`process ${name.pid}`)
  await endProcess(name)
  expect(await holdFolder(data(), async () => 'mine')).toBe('mine')
})

test.each(['', '{"pid":', '{"pid":1,"birth":"another life"}'])(
  'a lock that says %j is stale',
  async (text) => {
    await writeFile(join(folder, 'network.lock'), text)
    expect(await holdFolder(data(), async () => 'mine')).toBe('mine')
  },
)

test('fresh drops what an earlier run kept, and no other start does', async () => {
  await holdFolder(data(), () => mkdir(join(folder, 'store')))
  await holdFolder(data(), async () => expect(await readdir(folder)).toContain('store'))
  await holdFolder(data(true), async () => expect(await readdir(folder)).not.toContain('store'))
})

test("a folder with somebody else's files is refused, and nothing in it is touched", async () => {
  await writeFile(join(folder, 'thesis.txt'), 'years of work')
  await expect(holdFolder(data(true), async () => 'never')).rejects.toThrow(
    `${folder} holds files that are not a network's. Use an empty folder with --data DIR.`,
  )
  expect(await readdir(folder)).toEqual(['thesis.txt'])
})

test('a folder that cannot be made is refused with the reason', async () => {
  await writeFile(join(folder, 'file'), '')
  const below = { folder: join(folder, 'file', 'below'), isFresh: false }
  await expect(holdFolder(below, async () => 'never')).rejects.toThrow(/cannot be used: ENOTDIR/)
})
