import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A site of somebody else, on another site name than the network: what its page holds is given as HTML. */
export type HostSite = { readonly url: string; close(): Promise<void> }

/** Serves one page on localhost; scripts and frames may come from `origin` alone, and nothing else from anywhere. */
export async function serveHost(origin: string, bodyOf: (path: string) => string): Promise<HostSite> {
  const policy = `default-src 'none'; script-src ${origin}; frame-src ${origin}`
  const server = createServer(({ url = '/' }, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy })
      .end(`<!doctype html><html lang="en"><title>A site</title><body><h1>A site</h1>${bodyOf(url)}`)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://localhost:${port}`, close }
}
