import { serveCpu } from './cpu-worker.ts'
import { serveFrame } from './frame.ts'
import { serveGpu } from './gpu/gpu-worker.ts'

/** The one script of the sandbox. In the frame it opens the sandbox; the workers that the frame spawns run the same text. */
if (typeof document === 'undefined') serveWorker()
else {
  forgetWebRtc()
  serveFrame(document.currentScript?.textContent ?? '')
}

/** No policy of the browser's keeps WebRTC from the network. The sandbox needs none, and a fallen frame gets no other. */
function forgetWebRtc(): void {
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCIceTransport'])
    Reflect.deleteProperty(globalThis, name)
}

function serveWorker(): void {
  self.onmessage = ({ data, ports: [port] }: MessageEvent) => {
    if (port === undefined) return
    self.onmessage = null
    if (data === 'gpu') void serveGpu(port)
    else serveCpu(port)
  }
}
