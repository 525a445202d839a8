import { reason } from '../../protocol/failure.ts'
import type { FromFrame, FromWorker, Mode, Role } from '../message.ts'
import { parseFromFrame, parseFromWorker, parseToFrame } from '../message.ts'
import { serveGpu } from './gpu/gpu-worker.ts'
import { outputsOf } from './outbox.ts'
import type { Scripts } from './script-parts.ts'

/** How long a worker may take to start and to look for a GPU, before the next way is tried. */
const PROBE_MS = 8_000
/** So often the frame says that it is still there: one whose process waits for a GPU that hangs says nothing. */
const BEAT_MS = 1_000

type Spawn = (role: Role, port: MessagePort) => Worker
type Ready = FromWorker & { kind: 'ready' }
/** The ways that work here: how workers are spawned, and whether the GPU must be used from the frame's own thread. */
type Ways = { readonly spawn: Spawn; readonly mode: Mode; readonly ready: Ready }

/** Serves the page that embeds this frame: finds out what the browser allows, then spawns and kills workers for it. */
export function serveFrame(scripts: Scripts): void {
  window.addEventListener('message', function open({ source, data, ports: [port] }) {
    if (source !== window.parent || port === undefined) return
    window.removeEventListener('message', open)
    void serve(scripts, port, data)
  })
}

async function serve(scripts: Scripts, port: MessagePort, known: unknown): Promise<void> {
  const say = (message: FromFrame, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer)
  say({ kind: 'opening' })
  const beat = setInterval(() => say({ kind: 'opening' }), BEAT_MS)
  const finding = known === undefined ? probe(scripts) : reuse(scripts, known)
  const ways = await finding.catch((error: unknown) => say({ kind: 'broken', message: reason(error) }))
  clearInterval(beat)
  if (ways === undefined) return
  const ends = new Map<number, () => void>()
  port.onmessage = ({ data, ports: [workerPort] }) => {
    const message = parseToFrame(data)
    if (message.kind === 'kill') {
      ends.get(message.worker)?.()
      ends.delete(message.worker)
    } else if (workerPort !== undefined) {
      const { worker, role } = message
      const crash = (text: string): void => say({ kind: 'crashed', worker, message: text })
      const pass = (told: FromWorker): void => say({ kind: 'passed', worker, message: told }, outputsOf(told))
      ends.set(worker, start(ways, { role, port: workerPort, crash, pass }))
    }
  }
  const { gpu, isSilent } = ways.ready
  const found = gpu !== undefined ? { gpu } : isSilent ? { isSilent } : {}
  say({ kind: 'open', mode: ways.mode, ...found })
}

type Start = {
  role: Role
  port: MessagePort
  crash(message: string): void
  /** Sends a message of the worker on to the page. */
  pass(message: FromWorker): void
}

function start({ spawn, mode }: Ways, { role, port, crash, pass }: Start): () => void {
  if (role === 'gpu' && mode === 'frame main thread') return serveGpu(port)
  const worker = spawn(role, port)
  worker.onerror = (event) => {
    event.preventDefault()
    crash(event.message || 'the worker could not start')
  }
  worker.onmessage = ({ data }) => {
    try {
      pass(parseFromWorker(data))
    } catch (error) {
      crash(`it sent what no worker of ours sends: ${reason(error)}`)
    }
  }
  return () => worker.terminate()
}

/** A worker of an opaque origin is a secure context from a `data:` URL in one engine, from a `blob:` URL in another; only there WebGPU exists. */
async function probe(scripts: Scripts): Promise<Ways> {
  const data = await tryGpu(spawnData(scripts))
  if (data?.ready.hasGpu) return { ...data, mode: 'data worker' }
  const blob = await tryGpu(spawnBlob(scripts))
  if (blob?.ready.hasGpu) return { ...blob, mode: 'blob worker' }
  const workers = data ?? blob
  if (workers === undefined) throw new Error('the browser starts no worker in the sandbox')
  const frame = await new Promise<Ready>((resolve) => {
    const { port1, port2 } = new MessageChannel()
    const end = serveGpu(port2)
    port1.onmessage = ({ data: message }) => {
      end()
      resolve(parseFromWorker(message) as Ready)
    }
  })
  return frame.hasGpu
    ? { ...workers, ready: frame, mode: 'frame main thread' }
    : { ...workers, mode: 'WASM only' }
}

/** Takes up what an earlier frame of the page found out, and only looks which kind of worker starts. */
async function reuse(scripts: Scripts, known: unknown): Promise<Ways> {
  const open = parseFromFrame(known)
  if (open.kind !== 'open') throw new Error(`"${open.kind}" says nothing of how workers start`)
  const isBlob = open.mode === 'blob worker'
  const workers =
    (isBlob ? undefined : await tryWorker(spawnData(scripts), 'cpu')) ??
    (await tryWorker(spawnBlob(scripts), 'cpu'))
  if (workers === undefined) throw new Error('the browser starts no worker in the sandbox')
  const { mode, gpu, isSilent = false } = open
  const ready = { ...workers.ready, isSilent, ...(gpu === undefined ? {} : { gpu }) }
  return { spawn: workers.spawn, mode, ready }
}

type Found = Pick<Ways, 'spawn' | 'ready'>

/** Where a worker starts, but not one that asks for a GPU, the GPU hangs: then nothing may ask for it on the frame's own thread. */
async function tryGpu(spawn: Spawn): Promise<Found | undefined> {
  const found = await tryWorker(spawn, 'gpu')
  if (found !== undefined) return found
  const plain = await tryWorker(spawn, 'cpu')
  return plain && { spawn, ready: { ...plain.ready, hasGpu: true, isSilent: true } }
}

async function tryWorker(spawn: Spawn, role: Role): Promise<Found | undefined> {
  const { port1, port2 } = new MessageChannel()
  let worker: Worker | undefined
  try {
    const ready = await new Promise<Ready>((resolve, reject) => {
      worker = spawn(role, port2)
      worker.onerror = (event) => reject(new Error(event.message))
      port1.onmessage = ({ data }) => resolve(parseFromWorker(data) as Ready)
      setTimeout(() => reject(new Error('no answer')), PROBE_MS)
    })
    return { spawn, ready }
  } catch (error) {
    console.info(`Weft sandbox: this kind of worker does not start here (${reason(error)})`)
    return undefined
  } finally {
    worker?.terminate()
    port1.close()
  }
}

function spawnData(scripts: Scripts): Spawn {
  return spawnFrom(scripts, (script) => `data:text/javascript;charset=utf-8,${encodeURIComponent(script)}`)
}

function spawnBlob(scripts: Scripts): Spawn {
  return spawnFrom(scripts, (script) => URL.createObjectURL(new Blob([script], { type: 'text/javascript' })))
}

function spawnFrom({ cpu, gpu }: Scripts, address: (script: string) => string): Spawn {
  const urls = { cpu: address(cpu), gpu: address(gpu) }
  return (role, port) => {
    const worker = new Worker(urls[role], { name: `weft ${role}` })
    worker.postMessage(undefined, [port])
    return worker
  }
}
