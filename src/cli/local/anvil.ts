import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LOCAL_CHAIN_ID } from '../../chain/chains.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { PORTS, pickPort } from '../ports.ts'
import {
  type ChainFiles,
  chainFiles,
  copyState,
  type Genesis,
  keepGenesis,
  readyState,
} from './chain-state.ts'
import { findAnvil } from './find-anvil.ts'
import { endProcess, isRunning, nameProcess, type ProcessName, parseProcessName } from './process.ts'

/** Where a chain is kept, and the port it answers on if a certain one is asked for; `report` takes lines for a person. */
export type AnvilOptions = {
  readonly folder: string
  readonly port?: number | undefined
  report(line: string): void
}

/** A local chain that runs until the signal given at its start aborts. */
export type LocalChain = {
  readonly rpcUrl: string
  /** The hash of block 0. */
  readonly genesis: Hex
  readonly pid: number
  /** Resolves when the chain has ended and its state is kept: with nothing when it was asked to, else with what happened. */
  readonly ended: Promise<string | undefined>
}

const START_MS = 20_000
const POLL_MS = 40
const COPY_MS = 15_000

/**
 * Starts the local chain of a folder on the loopback interface, where no page of another origin can read from it, and waits
 * until it answers. A chain left running there by a process that was killed is ended first, by its number.
 * Throws `refused` for a taken port, `unreachable` or `storage`.
 */
export async function startAnvil(options: AnvilOptions, signal: AbortSignal): Promise<LocalChain> {
  const { folder, report } = options
  await endLeftOver(folder, report)
  // Picked before the start, because another chain that answers on a taken port would be taken for this one.
  const port = await pickPort({ name: 'chain', usual: PORTS.chain, wanted: options.port, report })
  const files = chainFiles(folder)
  const kept = await readyState(files, report)
  const child = spawn(findAnvil(), flags(files, port), {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const errors = collectErrors(child)
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, by) => resolve(errors() || `it ended with ${by ?? `code ${code}`}`))
  })
  const name = child.pid === undefined ? undefined : nameProcess(child.pid)
  const stop = () => (name === undefined ? undefined : endProcess(name))
  signal.addEventListener('abort', stop, { once: true })
  const stopAtExit = () => child.kill('SIGTERM') // should this process end in any other way
  process.once('exit', stopAtExit)
  try {
    if (name === undefined) throw new Failure('unreachable', `The local chain did not start: ${await died}`)
    await writeFile(pidFile(folder), JSON.stringify(name), { mode: 0o600 })
    const rpcUrl = `http://127.0.0.1:${port}`
    const genesis = await awaitGenesis(rpcUrl, died, signal)
    await checkGenesis(files, kept, genesis)
    const stopCopies = copyOften(files)
    const ended = died.then(async (why) => {
      stopCopies()
      process.off('exit', stopAtExit)
      await rm(pidFile(folder), { force: true })
      return signal.aborted ? undefined : `The local chain stopped: ${why}`
    })
    return { rpcUrl, genesis: genesis.hash, pid: name.pid, ended }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A session of its own (`detached`) keeps Ctrl-C of the terminal away from it: it must end after those that use it. */
function flags({ state }: ChainFiles, port: number): string[] {
  const where = ['--host', '127.0.0.1', '--port', String(port), '--no-cors']
  return [
    ...where,
    '--chain-id',
    String(LOCAL_CHAIN_ID),
    '--state',
    state,
    '--state-interval',
    '2',
    '--silent',
  ]
}

function pidFile(folder: string): string {
  return join(folder, 'anvil.pid')
}

async function endLeftOver(folder: string, report: (line: string) => void): Promise<void> {
  const name = await readFile(pidFile(folder), 'utf8').then(
    (text): ProcessName | undefined => parseProcessName(JSON.parse(text), 'anvil.pid'),
    () => undefined,
  )
  if (name === undefined || !isRunning(name)) return
  report(`Ending the local chain (process ${name.pid}) that an earlier run left behind`)
  await endProcess(name)
}

function collectErrors(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-2_000)
  })
  return () => text.trim()
}

async function awaitGenesis(rpcUrl: string, died: Promise<string>, signal: AbortSignal): Promise<Genesis> {
  const deadline = Date.now() + START_MS
  const end: { why?: string } = {}
  void died.then((why) => {
    end.why = why
  })
  for (;;) {
    if (signal.aborted) throw new Failure('cancelled', 'The start of the local chain was cancelled')
    if (end.why !== undefined) throw new Failure('unreachable', `The local chain did not start: ${end.why}`)
    if (Date.now() > deadline)
      throw new Failure('timeout', `The local chain gave no answer in ${START_MS / 1000} s`)
    const genesis = await askGenesis(rpcUrl).catch(() => undefined)
    if (genesis !== undefined && end.why === undefined) return genesis
    await sleep(POLL_MS)
  }
}

async function askGenesis(rpcUrl: string): Promise<Genesis> {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'eth_getBlockByNumber',
    params: ['0x0', false],
  })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(rpcUrl, { method: 'POST', headers, body, signal: AbortSignal.timeout(2_000) })
  const { hash, timestamp } = ((await answer.json()) as { result: Genesis }).result
  return { hash, timestamp }
}

async function checkGenesis(files: ChainFiles, kept: Genesis | undefined, found: Genesis): Promise<void> {
  if (kept === undefined) return keepGenesis(files, found)
  if (kept.hash === found.hash) return
  throw new Failure(
    'storage',
    `The chain in ${files.state} starts with block ${found.hash}, not with ${kept.hash}. Start anew with --fresh.`,
  )
}

function copyOften(files: ChainFiles): () => void {
  const timer = setInterval(() => void copyState(files).catch(() => undefined), COPY_MS)
  return () => clearInterval(timer)
}
