import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { Failure } from '../../protocol/failure.ts'
import { readRecord, readText } from '../../protocol/read.ts'
import type { Headers } from './page-headers.ts'

/** A file of the built web app, in memory. */
export type SiteFile = {
  readonly bytes: Buffer
  readonly type: string
  readonly etag: string
  /** What the build says must be sent with it. */
  readonly headers: Headers
  /** The bytes in a coding; each is made once, when first asked for. */
  encoded(coding: 'br' | 'gzip'): Promise<Buffer>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
}

/** Reads the built web app: only what is found here is ever served. Throws `storage` when it has not been built. */
export async function readSite(folder: string): Promise<ReadonlyMap<string, SiteFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new Failure('storage', `There is no built web app in ${folder}. Build it with: npm run build`, {
      cause,
    })
  })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const extra = await readHeaders(join(folder, 'headers.json'))
  const site = new Map<string, SiteFile>()
  for (const file of files) {
    const path = `/${relative(folder, file).split(sep).join('/')}`
    if (path !== '/headers.json') site.set(path, siteFile(await readFile(file), file, extra[path] ?? {}))
  }
  return site
}

function siteFile(bytes: Buffer, name: string, headers: Headers): SiteFile {
  const type = types[extname(name)] ?? 'application/octet-stream'
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 24)}"`
  const made = new Map<string, Promise<Buffer>>()
  const encoded = (coding: 'br' | 'gzip') => {
    const known = made.get(coding) ?? compress(bytes, coding)
    made.set(coding, known)
    return known
  }
  return { bytes, type, etag, headers, encoded }
}

function compress(bytes: Buffer, coding: 'br' | 'gzip'): Promise<Buffer> {
  if (coding === 'gzip') return promisify(gzip)(bytes, { level: 9 })
  return promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
}

/** The headers that the build wrote for some pages: `{"/sandbox.html": {"content-security-policy": "…"}}`. */
async function readHeaders(file: string): Promise<Record<string, Headers>> {
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const pages = readAny(JSON.parse(text), 'headers.json')
  return Object.fromEntries(
    Object.entries(pages).map(([path, value]) => {
      const fields = Object.entries(readAny(value, path))
      return [path, Object.fromEntries(fields.map(([name, text]) => [name, readText(text, name, 8_000)]))]
    }),
  )
}

function readAny(value: unknown, path: string): Record<string, unknown> {
  return readRecord(value, path, Object.keys(Object(value)))
}
