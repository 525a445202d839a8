import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from '@playwright/test'
import { build } from 'vite'
import type { SandboxPage } from '../../src/worker/frame/sandbox-page.ts'
import { buildSandboxPage } from '../../src/worker/frame/sandbox-page.ts'

/** A small site of its own: a page with the sandbox client on it, and the sandbox page with its policy. `hits` are the paths that were asked for. */
export type SandboxSite = {
  readonly url: string
  readonly hits: string[]
  readonly sandbox: SandboxPage
  close(): Promise<void>
}

/** Builds and serves the site on a free port of the loopback; `harness` is the script of its page. */
export async function serveSandboxSite(
  harness = new URL('./sandbox-harness.ts', import.meta.url),
): Promise<SandboxSite> {
  const [sandbox, script] = await Promise.all([buildSandboxPage(), bundleHarness(harness)])
  const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; frame-src 'self'"
  const pages: Record<string, { type: string; body: string; policy: string }> = {
    '/': {
      type: 'text/html',
      policy,
      body: '<!doctype html><title>Sandbox</title><body><script src="/harness.js"></script>',
    },
    '/harness.js': { type: 'text/javascript; charset=utf-8', policy, body: script },
    '/sandbox.html': { type: 'text/html', policy: sandbox.policy, body: sandbox.html },
  }
  const hits: string[] = []
  const answer = ({ url = '' }: IncomingMessage, response: ServerResponse): void => {
    hits.push(url)
    const page = pages[url]
    if (page === undefined) response.writeHead(404).end()
    else
      response
        .writeHead(200, { 'content-type': page.type, 'content-security-policy': page.policy })
        .end(page.body)
  }
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}/`, hits, sandbox, close }
}

async function bundleHarness(harness: URL): Promise<string> {
  const entry = fileURLToPath(harness)
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'site' } },
  })
  const [output] = Array.isArray(built) ? built : [built]
  if (output === undefined || !('output' in output)) throw new Error('the harness was not built')
  return output.output[0].code
}

/** Opens the test page; whatever it reports as an error fails the test. */
export async function openSandboxSite(browser: Browser, site: SandboxSite): Promise<Page> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => {
    throw error
  })
  await page.goto(site.url)
  return page
}

/** Serves another sandbox page in the place of ours. */
export async function replaceSandbox(page: Page, { html, policy }: SandboxPage): Promise<void> {
  await page.unroute('**/sandbox.html')
  const headers = { 'content-security-policy': policy }
  await page.route('**/sandbox.html', (route) =>
    route.fulfill({ body: html, contentType: 'text/html', headers }),
  )
}
