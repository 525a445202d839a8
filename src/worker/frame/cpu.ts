import { serveCpu } from './cpu-worker.ts'
import { rehearse } from './rehearse.ts'
import { serveWorker } from './serve-worker.ts'

/** The script of CPU workers, and the first part of the sandbox's own. */
serveWorker((port) => {
  // The frame is in the same process: it takes buffers as they are, and sends them on while the next unit runs.
  serveCpu(port, { postMessage: (message, transfer) => self.postMessage(message, { transfer }) })
  rehearse()
})
