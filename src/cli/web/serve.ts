import { createServer, type IncomingMessage, type Server } from 'node:http'
import { readAddress } from '../../protocol/address.ts'
import { Failure, malformed } from '../../protocol/failure.ts'
import type { Network } from '../../protocol/network.ts'
import { readRecord } from '../../protocol/read.ts'
import { answerError, answerJson, type Exchange, HttpError, readBody } from './answer.ts'
import type { Faucet } from './faucet.ts'
import { crossSite, everywhere, type Headers, inert, pageHeaders } from './page-headers.ts'
import { relayRpc } from './rpc.ts'
import { readSite, type SiteFile } from './site-files.ts'

/** What is served, and where. */
export type ServeOptions = {
  /** The folder of the built web app. */
  readonly folder: string
  readonly host?: string
  /** 0 takes any free port. */
  readonly port: number
  /** What pages read at `/network.json`. */
  readonly network: Network
  /** The chain's own address, which pages do not see. */
  readonly rpcUrl: string
  /** Absent on a chain whose coins are worth something. */
  readonly faucet?: Faucet
  /** What `/healthz` says beside that the server answers. Throws when something does not work. */
  health?(): Promise<Readonly<Record<string, unknown>>>
}

/** A server that answers until the signal given at its start aborts. */
export type Site = { readonly url: string; readonly port: number; readonly ended: Promise<void> }

type Handler = (exchange: Exchange) => Promise<void> | void

/** Serves the web app with each page's policy as a header, and the way to the chain. Throws `storage` or `refused`. */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<Site> {
  const { host = '127.0.0.1' } = options
  const handle = makeHandler(options, await readSite(options.folder))
  const server = createServer((request, response) => void settle(handle, { request, response }))
  server.keepAliveTimeout = 65_000 // longer than browsers keep a connection, so that none is closed under a request
  server.headersTimeout = 70_000
  server.requestTimeout = 60_000
  const port = await listen(server, host, options.port)
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()))
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return { url: `http://${host}:${port}/`, port, ended }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new Failure('refused', `The web server cannot listen on ${host}:${port}: ${cause.message}`, {
          cause,
        }),
      )
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

async function settle(handle: Handler, exchange: Exchange): Promise<void> {
  try {
    await handle(exchange)
  } catch (error) {
    answerError(exchange, error)
  }
}

function makeHandler(options: ServeOptions, site: ReadonlyMap<string, SiteFile>): Handler {
  const services = new Map<string, Handler>([
    ['/network.json', (exchange) => answerJson(exchange, options.network)],
    ['/rpc', (exchange) => relayRpc(exchange, options.rpcUrl)],
    ['/faucet', (exchange) => give(exchange, options.faucet)],
    ['/healthz', async (exchange) => answerJson(exchange, { ok: true, ...(await options.health?.()) })],
  ])
  return (exchange) => {
    const path = pathOf(exchange.request)
    const service = services.get(path)
    if (service !== undefined) return service(exchange)
    const file = site.get(path)
    if (file === undefined) throw new HttpError(404, 'There is nothing at this address')
    return sendFile(exchange, file, headersOf(path, file, options.network))
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const path = url.split('?', 1)[0] ?? '/'
  return path === '/' ? '/index.html' : path
}

async function give(exchange: Exchange, faucet: Faucet | undefined): Promise<void> {
  if (faucet === undefined) throw new Failure('refused', 'There is a faucet on the local test chain only')
  const { address } = readRecord(parse(await readBody(exchange, 1_000)), '', ['address'])
  const { given, balance } = await faucet(readAddress(address, 'address'))
  answerJson(exchange, { given: given.toString(), balance: balance.toString() })
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw malformed('request', 'JSON')
  }
}

function headersOf(path: string, file: SiteFile, network: Network): Headers {
  const isPage = path.endsWith('.html')
  const isForever = /-[\w-]{8}\.\w+$/.test(path) && path.startsWith('/assets/')
  return {
    ...everywhere,
    ...(isPage ? pageHeaders(path, network) : { 'content-security-policy': inert }),
    ...(path.startsWith('/embed/') && crossSite),
    'content-type': file.type,
    'cache-control': isForever ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'accept-encoding',
    ...file.headers,
  }
}

async function sendFile({ request, response }: Exchange, file: SiteFile, headers: Headers): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new HttpError(405, 'Only GET and HEAD work here')
  if (request.headers['if-none-match'] === file.etag) return void response.writeHead(304, headers).end()
  const coding = codingFor(request, file)
  const bytes = coding === undefined ? file.bytes : await file.encoded(coding)
  const coded = coding === undefined ? {} : { 'content-encoding': coding }
  response.writeHead(200, { ...headers, ...coded, 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

/** Images and fonts are compressed already. */
function codingFor(request: IncomingMessage, { type, bytes }: SiteFile): 'br' | 'gzip' | undefined {
  if (bytes.length < 500 || !/^text|json|wasm|svg/.test(type)) return undefined
  const wanted = String(request.headers['accept-encoding'] ?? '')
  return (['br', 'gzip'] as const).find((coding) =>
    new RegExp(`\\b${coding}\\b(?!;\\s*q=0(\\.0*)?(,|$))`).test(wanted),
  )
}
