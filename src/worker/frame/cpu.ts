import { serveCpu } from './cpu-worker.ts'
import { rehearse } from './rehearse.ts'
import { serveWorker } from './serve-worker.ts'

/** The script of CPU workers, and the first part of the sandbox's own. */
serveWorker((port) => {
  serveCpu(port)
  rehearse()
})
