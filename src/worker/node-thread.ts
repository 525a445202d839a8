import { parentPort } from 'node:worker_threads'
import { serveCpu } from './frame/cpu-worker.ts'
import type { Port } from './message.ts'

/** A thread of Node that runs WASM programs with the code of the sandbox's workers. */
const port: Port = {
  onmessage: null,
  postMessage: (message, transfer) => parentPort?.postMessage(message, transfer),
  close: () => parentPort?.close(),
}
parentPort?.on('message', (data) => port.onmessage?.(new MessageEvent('message', { data })))
serveCpu(port)
