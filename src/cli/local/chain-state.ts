import { copyFile, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from '../../protocol/bytes.ts'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { readRecord, readText } from '../../protocol/read.ts'

/** The files that hold a local chain. */
export type ChainFiles = { readonly state: string; readonly copy: string; readonly genesis: string }

/** Block 0 of a chain: what makes it this chain and no other. */
export type Genesis = { readonly hash: Hex; readonly timestamp: string }

/** Names the files of the chain in a folder. */
export function chainFiles(folder: string): ChainFiles {
  const at = (name: string) => join(folder, name)
  return { state: at('chain.json'), copy: at('chain.copy.json'), genesis: at('genesis.json') }
}

/**
 * Readies the kept state for anvil, which writes it in place, so that a kill may leave half a file, and which keeps one more
 * block 0 for every start and later picks any of them. Returns the genesis that the chain must have; `undefined` for a new chain.
 * Throws `storage` when there was a chain that cannot be read any more.
 */
export async function readyState(
  files: ChainFiles,
  report: (line: string) => void,
): Promise<Genesis | undefined> {
  const genesis = await readGenesis(files)
  if (genesis === undefined) return await dropState(files)
  const blocksOf = async (file: string) => withOneGenesis(await readFile(file, 'utf8'), genesis)
  const text = await blocksOf(files.state).catch(async () => {
    const older = await blocksOf(files.copy).catch((cause: unknown) => {
      const way = 'Start anew with --fresh, or use another folder with --data DIR.'
      throw new Failure('storage', `The chain kept in ${files.state} cannot be read. ${way}`, { cause })
    })
    report(
      `The kept chain was cut off while it was written; using the copy of a moment before (${files.copy})`,
    )
    return older
  })
  await writeWhole(files.state, text)
  return genesis
}

/** A state without its genesis is of a chain that was dropped, or killed before it answered for the first time. */
async function dropState({ state, copy }: ChainFiles): Promise<undefined> {
  await rm(state, { force: true })
  await rm(copy, { force: true })
}

/** Keeps the genesis of a new chain. */
export async function keepGenesis(files: ChainFiles, genesis: Genesis): Promise<void> {
  await writeWhole(files.genesis, JSON.stringify(genesis))
}

/** Copies the state unless it is just being written; the copy is replaced in one step. */
export async function copyState({ state, copy }: ChainFiles): Promise<void> {
  const fresh = `${copy}.new`
  try {
    await copyFile(state, fresh)
    if (await isWhole(fresh)) await rename(fresh, copy)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error // a new chain has no state yet
  }
}

async function isWhole(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(64), 0, 64, Math.max(0, size - 64))
    return /"historical_states":(null|\{.*\}|\[.*\])\}\s*$/.test(buffer.toString('latin1', 0, bytesRead))
  } finally {
    await handle.close()
  }
}

async function readGenesis(files: ChainFiles): Promise<Genesis | undefined> {
  const text = await readFile(files.genesis, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const record = readRecord(JSON.parse(text), files.genesis, ['hash', 'timestamp'])
  const hash = toHex(fromHex(readText(record.hash, 'genesis.hash', 66), 'genesis.hash'))
  return { hash, timestamp: readText(record.timestamp, 'genesis.timestamp', 20) }
}

type State = {
  readonly blocks: readonly { readonly header: { readonly number: string; readonly timestamp: string } }[]
}

function withOneGenesis(text: string, { timestamp }: Genesis): string {
  const state = JSON.parse(text) as State
  const blocks = state.blocks.filter(
    ({ header }) => header.number !== '0x0' || header.timestamp === timestamp,
  )
  return JSON.stringify({ ...state, blocks })
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
