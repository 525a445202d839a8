import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Chain } from '../../../src/chain/chain.ts'
import { openChain } from '../../../src/chain/chain.ts'
import { endProcess, parseProcessName } from '../../../src/cli/local/process.ts'
import type { Network } from '../../../src/protocol/network.ts'
import { parseNetwork } from '../../../src/protocol/network.ts'

/** A network in a process of its own, as `npm start` runs it. */
export type NetworkProcess = {
  /** The address of the web app, without a slash at its end. */
  readonly url: string
  readonly folder: string
  readonly network: Network
  /** The chain, by the way that pages have to it. */
  readonly chain: Chain
  /** Ends it as Ctrl-C does, and waits for its end. */
  stop(): Promise<void>
  /** Ends it as a crash does. */
  kill(): Promise<void>
}

export type NetworkOptions = {
  /** Where its data is; a folder of the moment without, which goes with the network. */
  readonly folder?: string
  readonly port?: number
  readonly hasSamples?: boolean
  readonly isFresh?: boolean
}

/** The built command. */
export const COMMAND = fileURLToPath(new URL('../../../dist/node/weft.js', import.meta.url))
const START_MS = 60_000

/** Makes a folder for the data of a network. */
export function makeDataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'weft-story-'))
}

/** Drops such a folder, and ends the chain of a network that was killed. */
export async function dropDataFolder(folder: string): Promise<void> {
  const left = await readFile(join(folder, 'anvil.pid'), 'utf8').catch(() => undefined)
  if (left !== undefined) await endProcess(parseProcessName(JSON.parse(left), 'anvil.pid'))
  await rm(folder, { recursive: true, force: true })
}

/** Starts `weft up` and waits until it says that it is ready. */
export async function startNetwork(options: NetworkOptions = {}): Promise<NetworkProcess> {
  const folder = options.folder ?? (await makeDataFolder())
  const flags = ['--json', '--data', folder, '--port', String(options.port ?? 0)]
  if (options.hasSamples === false) flags.push('--no-samples')
  if (options.isFresh === true) flags.push('--fresh')
  const child = spawn(process.execPath, [COMMAND, 'up', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
    if (options.folder === undefined) await dropDataFolder(folder)
  }
  try {
    const url = (await untilReady(child)).replace(/\/$/, '')
    const network = parseNetwork(await (await fetch(`${url}/network.json`)).json())
    const chain = openChain({ rpcUrl: `${url}/rpc`, escrow: network.escrow, pollMs: 200 })
    return { url, folder, network, chain, stop: () => end('SIGINT'), kill: () => end('SIGKILL') }
  } catch (error) {
    await end('SIGKILL')
    throw error
  }
}

/** Resolves with the address that the command prints; rejects with all it said when it ends or is too slow. */
async function untilReady(child: ChildProcess): Promise<string> {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) throw new Error('the command has no pipes')
  const said: string[] = []
  stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`weft up ${what}: ${said.join('\n')}`))
    const timer = setTimeout(() => fail(`was not ready in ${START_MS / 1000} s`), START_MS)
    child.once('exit', () => fail('ended'))
    createInterface({ input: stdout }).on('line', (line) => {
      said.push(line)
      const event: unknown = JSON.parse(line)
      if (!isReady(event)) return
      clearTimeout(timer)
      resolve(event.url)
    })
  })
}

function isReady(event: unknown): event is { readonly url: string } {
  return (
    typeof event === 'object' &&
    event !== null &&
    'event' in event &&
    event.event === 'ready' &&
    'url' in event &&
    typeof event.url === 'string'
  )
}
