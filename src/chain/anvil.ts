import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { Failure, reason } from '../protocol/failure.ts'
import { chainIdentity, openChain, pause } from './chain.ts'
import { LOCAL_CHAIN_ID } from './chains.ts'

/** `stateFile` keeps the chain over a restart; without it the chain is gone when the process ends. */
export type AnvilOptions = {
  readonly port?: number
  readonly stateFile?: string
  readonly chainId?: number
  readonly signal: AbortSignal
}

/** A local chain; `ended` settles when its process is gone. */
export type Anvil = { readonly rpcUrl: string; readonly ended: Promise<void> }

const READY_TIMEOUT_MS = 20_000

/** Runs a local chain on loopback until the signal aborts, without CORS. Throws `unreachable` when it does not start. */
export async function startAnvil({
  port,
  stateFile,
  chainId = LOCAL_CHAIN_ID,
  signal,
}: AnvilOptions): Promise<Anvil> {
  const chosen = await freePort(port)
  const state = stateFile === undefined ? [] : ['--state', stateFile, '--state-interval', '2']
  const place = ['--host', '127.0.0.1', '--port', String(chosen), '--chain-id', String(chainId)]
  const child = spawn(findAnvil(), [...place, ...state, '--no-cors', '--silent'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (part) => {
    complaint = `${complaint}${part}`.slice(-2_000)
  })
  let isEnded = false
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      isEnded = true
      resolve()
    }
    child.once('exit', end).once('error', (error) => {
      complaint = reason(error)
      end()
    })
  })
  const stop = () => child.kill('SIGINT')
  signal.addEventListener('abort', stop, { once: true })
  process.once('exit', stop) // a process that ends without aborting leaves no chain behind
  void ended.then(() => process.off('exit', stop))

  const rpcUrl = `http://127.0.0.1:${chosen}`
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (!isEnded && Date.now() < deadline) {
    const isReady = await chainIdentity(openChain({ rpcUrl })).then(
      () => true,
      () => false,
    )
    if (isReady && !isEnded) return { rpcUrl, ended }
    await pause(50, signal)
  }
  child.kill('SIGKILL')
  throw new Failure(
    'unreachable',
    `The local chain (anvil) did not start on port ${chosen}: ${complaint.trim() || 'no answer'}`,
  )
}

/** Names the program: `FOUNDRY_ANVIL`, or the package that npm installed for this platform, or `anvil` on the PATH. */
function findAnvil(): string {
  const named = process.env.FOUNDRY_ANVIL
  if (named !== undefined && named !== '') return named
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${platform}/package.json`))
    const program = join(home, 'bin', 'anvil')
    if (existsSync(program)) return program
  } catch {
    // No package for this platform: whatever the PATH has is tried, and its absence is reported at the start.
  }
  return 'anvil'
}

/** Checks that a port can be had, or without one finds one. Throws `unreachable` when it is taken. */
function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error?: Error) => {
      reject(new Failure('unreachable', `Port ${wanted} for the local chain cannot be had: ${reason(error)}`))
    }
    const server = createServer().once('error', fail)
    server.listen(wanted, '127.0.0.1', () => {
      const place = server.address()
      server.close(() => (typeof place === 'object' && place !== null ? resolve(place.port) : fail()))
    })
  })
}
