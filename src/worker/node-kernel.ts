import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { WorkerOptions } from 'node:worker_threads'
import { Worker } from 'node:worker_threads'
import { Failure, reason } from '../protocol/failure.ts'
import { outputCheck } from '../protocol/manifest/check-output.ts'
import type { KernelSource, LoadedKernel } from './executor.ts'
import { firstRound } from './executor.ts'
import type { Port } from './message.ts'
import { Pool } from './pool/pool.ts'
import type { Kernel } from './pool/task.ts'
import { runsOf } from './pool/task.ts'
import { cancelled, WorkerLink } from './pool/worker-link.ts'
import { checkParts, programOf } from './unit.ts'

const READY_MS = 30_000

/** Loads a WASM program into a thread of this Node process, for the publisher's own opinion. Closes when `signal` aborts. Throws as metering does. */
export async function loadInNode(source: KernelSource, signal: AbortSignal): Promise<LoadedKernel> {
  const { manifest, code, inputs, executor } = source
  if (executor !== 'wasm') throw new Failure('unsupported', 'Node runs WASM programs only')
  checkParts(manifest, source)
  const kernel: Kernel = {
    id: 1,
    owner: source.owner,
    cell: { name: source.owner, isPrivate: false },
    name: programOf(manifest, executor).code.cid,
    parts: { executor, manifest, code, inputs },
    checkOutput: outputCheck(manifest),
  }
  const closing = new AbortController()
  const closed = AbortSignal.any([signal, closing.signal])
  const ports = { spawn: (_: unknown, stop: AbortSignal) => spawnThread(stop), canRetry: true, inFlight: 1 }
  const pool = new Pool(1, { ...ports, explain: async (_, failure) => failure })
  closed.addEventListener('abort', () => pool.clear(kernel.cell), { once: true })

  const loaded = await pool.submit({ kernel, units: [], round: firstRound, signal: closed })
  if (loaded.kind === 'refused') {
    closing.abort(cancelled())
    throw loaded.failure
  }
  const runs = runsOf((task, stop) => {
    const until = stop === undefined ? closed : AbortSignal.any([closed, stop])
    return pool.submit({ ...task, kernel, signal: until })
  })
  return { executor, ...runs, close: () => closing.abort(cancelled()) }
}

/** Starts a thread and waits until it is ready. It does not keep the process alive; whoever waits for it does. */
async function spawnThread(signal: AbortSignal): Promise<WorkerLink> {
  const thread = startThread()
  const port: Port = {
    onmessage: null,
    postMessage: (message) => thread.postMessage(message),
    close: () => undefined,
  }
  let isThere = true
  const kill = (): void => {
    isThere = false
    void thread.terminate()
  }
  const place = { frame: 0, worker: thread.threadId }
  const link = new WorkerLink(port, { place, kill, isThere: () => isThere })
  const gone = (cause: string): void => link.end(new Failure('trap', `the thread ${cause}`))
  thread.on('message', (data) => port.onmessage?.(new MessageEvent('message', { data })))
  thread.on('error', (error) => gone(`failed: ${reason(error)}`))
  thread.on('exit', (code) => gone(`ended with code ${code}`))
  try {
    const { kind } = await link.receive(READY_MS, signal)
    if (kind !== 'ready') throw new Failure('malformed', `The thread said "${kind}" where "ready" belongs`)
    thread.unref()
    return link
  } catch (error) {
    link.end()
    throw error
  }
}

/** The thread is a file beside this one. Built, it is JavaScript; in the source tree tsx reads it, as it reads whatever runs unbuilt. */
function startThread(): Worker {
  const options: WorkerOptions = { name: 'weft kernel', env: {}, execArgv: [] }
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./node-thread.js', import.meta.url), options)
  const tsx = new URL('esm/api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx'))).href
  const thread = new URL('./node-thread.ts', import.meta.url).href
  const text = `import('${tsx}').then(({ register }) => { register(); return import('${thread}') })`
  return new Worker(text, { ...options, eval: true })
}
