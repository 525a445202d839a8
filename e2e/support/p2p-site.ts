import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** A page with a peer in it, bundled as the web app is, and the size of that bundle. */
export type P2pSite = { readonly url: string; readonly gzipBytes: number; close(): void }

/** Bundles and serves the page of `p2p-page.ts` on the loopback. */
export async function serveP2pSite(): Promise<P2pSite> {
  const script = await bundle()
  const html =
    '<!doctype html><meta charset="utf-8"><title>p2p</title><script type="module" src="/page.js"></script>'
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    gzipBytes: gzipSync(script, { level: 9 }).length,
    close: () => server.close(),
  }
}

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: { input: fileURLToPath(new URL('p2p-page.ts', import.meta.url)) },
    },
  })
  const output = Array.isArray(built)
    ? built.flatMap((one) => one.output)
    : 'output' in built
      ? built.output
      : []
  const chunks = output.filter((one) => one.type === 'chunk')
  const [chunk] = chunks
  if (chunk === undefined || chunks.length > 1) throw new Error(`expected one chunk, found ${chunks.length}`)
  return chunk.code
}
