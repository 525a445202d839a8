import { serveFrame } from './frame.ts'
import { serveGpu } from './gpu/gpu-worker.ts'
import { splitScript } from './script-parts.ts'
import { serveWorker } from './serve-worker.ts'

/** The second part of the sandbox's script. In the frame it opens the sandbox; GPU workers run the same text. */
serveWorker(serveGpu)
if (typeof document !== 'undefined') {
  forgetWebRtc()
  serveFrame(splitScript(document.currentScript?.textContent ?? ''))
}

/** No policy of the browser's keeps WebRTC from the network. The sandbox needs none, and a fallen frame gets no other. */
function forgetWebRtc(): void {
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'RTCIceTransport'])
    Reflect.deleteProperty(globalThis, name)
}
