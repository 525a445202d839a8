import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'vite'

/** Serves a page with the store's probe in it, on a free port of this machine. */
export async function serveStoreSite(): Promise<{ readonly url: string; close(): void }> {
  const script = await bundleProbe()
  const server = createServer(({ url }, response) => {
    const isScript = url === '/probe.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>store</title><script src="/probe.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() }
}

async function bundleProbe(): Promise<string> {
  const entry = new URL('store-probe.ts', import.meta.url).pathname
  const outputs = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry, formats: ['iife'], name: 'probe' },
    },
  })
  const [output] = Array.isArray(outputs) ? outputs : [outputs]
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined
  if (chunk?.type !== 'chunk') throw new Error('vite built no probe')
  return chunk.code
}
