import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import type { Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { projectFolder } from '../../src/cli/project.ts'
import { needBrowser } from '../../src/cli/setup/browser.mjs'
import { sandboxPage } from '../../src/worker/frame/sandbox-page.ts'
import type { MatmulPage } from './page.ts'

declare global {
  interface Window {
    matmul: MatmulPage
  }
}

const PAGE = 'bench/matmul/index.html'
const ARGS = ['--no-sandbox', '--disable-quic', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
const QUIET = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** Runs `use` with the page of the matrix products open in a browser of its own; `executor` is what the platform runs on. */
export async function withMatmulPage<T>(
  executor: 'wasm' | 'wgsl',
  use: (page: Page) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-bench-'))
  const server = createServer()
  try {
    await buildPage(folder)
    await serve(server, folder)
    const { port } = server.address() as AddressInfo
    const browser = await chromium.launch({ executablePath: needBrowser(), args: ARGS, ...QUIET })
    signal.addEventListener('abort', () => void browser.close(), { once: true })
    try {
      const page = await browser.newPage()
      page.on('pageerror', (error) => console.error(`weft bench: a page failed: ${error.message}`))
      await page.goto(`http://127.0.0.1:${port}/${PAGE}#${executor}`)
      await page.waitForFunction(() => 'matmul' in window)
      return await use(page)
    } finally {
      await browser.close()
    }
  } finally {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function buildPage(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    root: projectFolder(),
    publicDir: false,
    plugins: [sandboxPage()],
    build: {
      target: 'es2022',
      minify: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      outDir,
      rolldownOptions: { input: PAGE },
    },
    worker: { format: 'es' },
  })
}

/** Serves the files of a folder, with the headers that the build wrote down for the sandbox page. */
async function serve(server: ReturnType<typeof createServer>, folder: string): Promise<void> {
  const headers: Record<string, Record<string, string>> = JSON.parse(
    await readFile(join(folder, 'headers.json'), 'utf8'),
  )
  server.on('request', ({ url = '/' }, response) => {
    const path = normalize(new URL(url, 'http://127.0.0.1').pathname)
    readFile(join(folder, path)).then(
      (body) =>
        response
          .writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain', ...headers[path] })
          .end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
}
