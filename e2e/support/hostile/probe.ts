import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'

/** Where attacks try to go, and all that arrived there: each connection with what it sent first, each datagram. */
export type Probe = { readonly target: Target; readonly hits: string[]; close(): Promise<void> }
/** The addresses of a probe. */
export type Target = {
  readonly http: string
  readonly ws: string
  readonly secure: string
  readonly stun: string
}

/** Listens on ports of its own on the loopback, for TCP (HTTP, WebSocket, or nothing said at all) and UDP. */
export async function openProbe(): Promise<Probe> {
  const hits: string[] = []
  const tcp = createServer((socket) => {
    const index = hits.push('a connection') - 1
    socket.on('error', () => socket.destroy())
    socket.once('data', (data) => {
      hits[index] = data.toString('latin1').split('\r\n', 1)[0] ?? ''
      const head = 'HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-type: text/javascript'
      socket.end(`${head}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n42`)
    })
  }).listen(0, '127.0.0.1')
  const udp = createSocket('udp4')
  udp.on('message', (message) => hits.push(`a datagram of ${message.length} bytes`))
  udp.bind(0, '127.0.0.1')
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
  const { port } = tcp.address() as AddressInfo
  const target = {
    http: `http://127.0.0.1:${port}/`,
    ws: `ws://127.0.0.1:${port}/`,
    secure: `https://127.0.0.1:${udp.address().port}/`,
    stun: `stun:127.0.0.1:${udp.address().port}`,
  }
  const close = async (): Promise<void> => {
    udp.close()
    await new Promise((resolve) => tcp.close(resolve))
  }
  return { target, hits, close }
}
