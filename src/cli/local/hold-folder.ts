import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../protocol/failure.ts'
import { isRunning, nameProcess, type ProcessName, parseProcessName } from './process.ts'

/** The data folder of a network; `isFresh` drops what an earlier run kept there. */
export type DataFolder = { readonly folder: string; readonly isFresh: boolean }

const LOCK = 'network.lock'
const MARK = 'weft.json'
const MARK_TEXT = '{"weft":1}\n'
const STAYS = [LOCK, MARK, 'anvil.pid'] // the last names a process that may still run

/**
 * Does `work` while this process alone holds a data folder. Throws `refused` when another living process holds it, or when
 * the folder holds files that are not a network's, so that nobody else's file is ever dropped.
 */
export async function holdFolder<T>({ folder, isFresh }: DataFolder, work: () => Promise<T>): Promise<T> {
  await makeFolder(folder)
  const lock = join(folder, LOCK)
  await takeLock(lock, folder)
  try {
    if (isFresh) await dropAll(folder)
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const entries = await readdir(folder)
    if (entries.includes(MARK)) return
    if (entries.some((name) => !STAYS.includes(name))) {
      throw new Failure(
        'refused',
        `${folder} holds files that are not a network's. Use an empty folder with --data DIR.`,
      )
    }
    await writeFile(join(folder, MARK), MARK_TEXT)
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw new Failure('storage', `The folder ${folder} cannot be used: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function dropAll(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!STAYS.includes(name)) await rm(join(folder, name), { recursive: true })
  }
}

async function takeLock(file: string, folder: string): Promise<void> {
  const mine = JSON.stringify(nameProcess(process.pid))
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await writeNew(file, mine)) return
    const holder = await readHolder(file)
    if (holder !== undefined && isRunning(holder)) {
      throw new Failure(
        'refused',
        `Another network (process ${holder.pid}) runs on ${folder}. Stop it first, or use another folder with --data DIR.`,
      )
    }
    await rm(file, { force: true }) // left behind by a process that was killed
  }
  throw new Failure(
    'refused',
    `Another network is just starting on ${folder}. Use another folder with --data DIR.`,
  )
}

async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new Failure('storage', `${file} cannot be written: ${(cause as Error).message}`, { cause })
  }
}

async function readHolder(file: string): Promise<ProcessName | undefined> {
  try {
    return parseProcessName(JSON.parse(await readFile(file, 'utf8')), 'lock')
  } catch {
    return undefined // half written by a process that was killed, or gone by now
  }
}
