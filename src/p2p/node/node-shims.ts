import { WebSocket } from 'ws'
import './platform-shims.ts'

/** A socket that is closed while it connects still reports an error; with nobody listening that would end the process. */
class DialedWebSocket extends WebSocket {
  constructor(url: string) {
    super(url)
    this.on('error', () => undefined)
  }
}

// Node 20 has no global WebSocket, which libp2p dials with.
if (typeof globalThis.WebSocket === 'undefined') Object.assign(globalThis, { WebSocket: DialedWebSocket })
