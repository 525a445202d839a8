import { serveCpu } from './cpu-worker.ts'
import { serveFrame } from './frame.ts'
import { serveGpu } from './gpu-worker.ts'

/** The one script of the sandbox. In the frame it opens the sandbox; the workers that the frame spawns run the same text. */
if (typeof document === 'undefined') serveWorker()
else serveFrame(document.currentScript?.textContent ?? '')

function serveWorker(): void {
  self.onmessage = ({ data, ports: [port] }: MessageEvent) => {
    if (port === undefined) return
    self.onmessage = null
    if (data === 'gpu') void serveGpu(port)
    else serveCpu(port)
  }
}
