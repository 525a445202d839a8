import type { IncomingMessage, ServerResponse } from 'node:http'
import { Failure, type FailureCode, reason } from '../../protocol/failure.ts'
import { everywhere, inert } from './page-headers.ts'

/** One request and where its answer goes. */
export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse }

const statuses: Partial<Record<FailureCode, number>> = {
  malformed: 400,
  refused: 403,
  oversized: 413,
  unreachable: 502,
  timeout: 504,
}

/** An answer other than 200 that a handler asks for. */
export class HttpError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Answers with JSON. */
export function answerJson(exchange: Exchange, value: unknown, status = 200): void {
  answerText(exchange, JSON.stringify(value), status)
}

/** Answers with what went wrong, as JSON with a sentence for a person. A bug is told to nobody but the log. */
export function answerError(exchange: Exchange, error: unknown): void {
  const known = error instanceof Failure || error instanceof HttpError
  const status =
    error instanceof HttpError ? error.status : error instanceof Failure ? (statuses[error.code] ?? 500) : 500
  if (!known) console.error(error)
  const code = error instanceof Failure ? error.code : 'http'
  answerJson(
    exchange,
    { error: { code, message: known ? reason(error) : 'Something went wrong here' } },
    status,
  )
}

/** Reads a JSON body's text. Only pages of this origin, and programs that are no browser, may send one. */
export async function readBody({ request }: Exchange, maxBytes: number): Promise<string> {
  refuseForeign(request)
  if (request.method !== 'POST') throw new HttpError(405, 'Send this request with POST')
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'Send this request with content-type: application/json')
  }
  const tooLong = new Failure('oversized', `The request is longer than ${maxBytes} bytes`)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLong
  const parts: Buffer[] = []
  let size = 0
  // The stream is left open when it is too long: destroying it would take the socket, and the answer, with it.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length
    if (size > maxBytes) throw tooLong
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function refuseForeign({ headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site']
  const isOwn = site === undefined ? isOwnOrigin(headers.origin, headers.host) : site === 'same-origin'
  if (!isOwn) throw new Failure('refused', 'Only pages of this origin may use this address')
}

function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

/** Answers with a text that is JSON already. */
export function answerText({ request, response }: Exchange, json: string, status = 200): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, {
    ...everywhere,
    'content-security-policy': inert,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
    'cache-control': 'no-store',
    ...(request.method === 'POST' && !request.complete && { connection: 'close' }),
  })
  response.end(json)
}
