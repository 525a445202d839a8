import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chainIdentity, openChain } from '../../chain/chain.ts'
import { startFaultyProxy } from '../../chain/logs/test-proxy.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import { type Network, parseNetwork } from '../../protocol/network.ts'
import { type LocalChain, startAnvil } from '../local/anvil.ts'
import { FAUCET_LEVEL, makeFaucet } from './faucet.ts'
import { type ServeOptions, type Site, serve } from './serve.ts'

const stop = new AbortController()
const script = `export const text = '${'weft '.repeat(400)}'`
let folder = ''
let anvil: LocalChain
let site: Site
let network: Network
let options: ServeOptions

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-serve-'))
  const web = join(folder, 'web')
  await mkdir(join(web, 'assets'), { recursive: true })
  await mkdir(join(web, 'embed'))
  await writeFile(join(folder, 'secret.txt'), 'not to be served')
  for (const page of ['index', 'embed', 'sandbox'])
    await writeFile(join(web, `${page}.html`), `<p>${page}</p>`)
  await writeFile(join(web, 'assets/index-Ab3_x9Qz.js'), script)
  await writeFile(join(web, 'embed/v1.js'), 'loader()')
  const sandboxHeaders = { 'content-security-policy': "default-src 'none'; sandbox allow-scripts" }
  await writeFile(join(web, 'headers.json'), JSON.stringify({ '/sandbox.html': sandboxHeaders }))
  anvil = await startAnvil({ folder, port: 0, report: () => undefined }, stop.signal)
  const chain = openChain({ rpcUrl: anvil.rpcUrl, pollMs: 50 })
  network = {
    ...(await chainIdentity(chain)),
    escrow: chain.escrow,
    rpc: '/rpc',
    faucet: '/faucet',
    relays: ['/ip4/192.0.2.7/tcp/9090/ws/p2p/16Uiu2HA'],
    iceServers: [],
    currency: 'ETH',
    isTest: true,
  }
  options = { folder: web, port: 0, network, rpcUrl: anvil.rpcUrl, faucet: makeFaucet(chain) }
  site = await serve(options, stop.signal)
})
afterAll(async () => {
  stop.abort()
  await Promise.all([anvil.ended, site.ended])
  await rm(folder, { recursive: true })
})

const get = (path: string, init: RequestInit = {}) => fetch(new URL(path, site.url), init)

async function post(path: string, value: unknown, more: Record<string, string> = {}) {
  const headers = { 'content-type': 'application/json', ...more }
  const answer = await get(path, { method: 'POST', headers, body: JSON.stringify(value) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const call = (method: string, params: unknown[] = []) => ({ jsonrpc: '2.0', id: 7, method, params })
const refused = (message: string, code = 'refused') => ({ error: { code, message } })

/** Sends a path as it is; `fetch` would tidy it. */
function getRaw(path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: site.port, path }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        body += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode, body }))
    })
      .on('error', reject)
      .end()
  })
}

test('a page comes with its policy as a header, and can be framed by nobody', async () => {
  const answer = await get('/')
  expect(await answer.text()).toBe('<p>index</p>')
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  expect(answer.headers.get('cache-control')).toBe('no-cache')
  const policy = answer.headers.get('content-security-policy')?.split('; ')
  expect(policy).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
    ]),
  )
  expect(policy).toContain("connect-src 'self' wss: ws://127.0.0.1:* ws://localhost:* ws://192.0.2.7:9090")
  expect(policy?.join()).not.toContain('unsafe')
})

test('the framed page may be framed by every site', async () => {
  const { headers } = await get('/embed.html')
  expect(headers.get('content-security-policy')).toContain('frame-ancestors *')
  expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  expect((await get('/embed/v1.js')).headers.get('cross-origin-resource-policy')).toBe('cross-origin')
})

test('the sandbox page has the policy that the build wrote for it', async () => {
  const { headers } = await get('/sandbox.html')
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox allow-scripts")
  expect((await get('/headers.json')).status).toBe(404)
})

test('a file with a hash in its name is kept for ever, and one that has not changed is not sent again', async () => {
  const { headers } = await get('/assets/index-Ab3_x9Qz.js')
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  const again = await get('/embed.html', {
    headers: { 'if-none-match': (await get('/embed.html')).headers.get('etag') ?? '' },
  })
  expect(again.status).toBe(304)
})

test.each([
  ['br', 'br, gzip'],
  ['gzip', 'gzip'],
  ['gzip', 'br;q=0, gzip'],
  [null, 'identity'],
])('a script is sent in coding %s to who accepts "%s"', async (coding, accepted) => {
  const answer = await get('/assets/index-Ab3_x9Qz.js', { headers: { 'accept-encoding': accepted } })
  expect(answer.headers.get('content-encoding')).toBe(coding)
  expect(await answer.text()).toBe(script)
})

test.each([
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/..\\secret.txt',
  '//secret.txt',
  '/assets/%00',
  '/assets',
  '/toString',
  '/%',
])('%s is not found, in words', async (path) => {
  expect(await getRaw(path)).toEqual({
    status: 404,
    body: JSON.stringify(refused('There is nothing at this address', 'http')),
  })
})

test('HEAD sends no body, and other methods are refused', async () => {
  const head = await get('/', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  expect((await get('/', { method: 'DELETE' })).status).toBe(405)
})

test('the network is described as pages read it, with the chain on their own origin', async () => {
  expect(parseNetwork(await (await get('/network.json')).json())).toEqual(network)
})

test('a page reads the chain and sends batches through /rpc', async () => {
  const own = { origin: site.url.slice(0, -1), 'sec-fetch-site': 'same-origin' }
  expect((await post('/rpc', call('eth_chainId'), own)).body).toMatchObject({ id: 7, result: '0x7a69' })
  const { body } = await post('/rpc', [call('eth_chainId'), call('eth_blockNumber')])
  expect(body).toHaveLength(2)
})

test.each([
  'anvil_setBalance',
  'evm_mine',
  'eth_sendTransaction',
  'eth_accounts',
  'personal_sign',
  'debug_traceCall',
])('%s is refused by name, alone and in a batch', async (method) => {
  const expected = { status: 403, body: refused(`RPC method "${method}" is not open to pages`) }
  expect(await post('/rpc', call(method))).toEqual(expected)
  expect(await post('/rpc', [call('eth_chainId'), call(method)])).toEqual(expected)
})

test.each([
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'https://elsewhere.example' },
  { origin: 'null' },
])('a page of another origin (%o) reaches neither chain nor faucet', async (headers) => {
  const expected = { status: 403, body: refused('Only pages of this origin may use this address') }
  expect(await post('/rpc', call('eth_chainId'), headers)).toEqual(expected)
  expect(await post('/faucet', { address: accountOf(makeKey()) }, headers)).toEqual(expected)
})

test('a request that is no JSON, no POST or too long is told so', async () => {
  expect((await get('/rpc')).status).toBe(405)
  expect((await get('/rpc', { method: 'POST', body: '{}' })).status).toBe(415)
  expect((await post('/rpc', call('eth_call', ['x'.repeat(600_000)]))).status).toBe(413)
  const headers = { 'content-type': 'application/json' }
  const garbled = await get('/rpc', { method: 'POST', headers, body: '{"a"' })
  expect([garbled.status, await garbled.json()]).toEqual([
    400,
    refused('request: expected JSON', 'malformed'),
  ])
})

test('a body of unknown length is cut off at the limit, and still answered', async () => {
  const socket = connect(site.port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  socket.on('error', () => undefined) // the server hangs up while this side still writes
  socket.write(
    'POST /faucet HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  socket.write(`7d0\r\n${'x'.repeat(2_000)}\r\n`)
  await new Promise((resolve) => socket.once('close', resolve))
  expect(text).toMatch(/^HTTP\/1\.1 413 /)
  expect(text).toContain('The request is longer than 1000 bytes')
})

test('the faucet fills a new account once, to its level', async () => {
  const address = accountOf(makeKey())
  const level = FAUCET_LEVEL.toString()
  expect((await post('/faucet', { address })).body).toEqual({ given: level, balance: level })
  expect((await post('/faucet', { address })).body).toEqual({ given: '0', balance: level })
})

test('the faucet names the field that is wrong', async () => {
  expect(await post('/faucet', { address: '0x1' })).toEqual({
    status: 400,
    body: refused('address: expected an address, found "0x1"', 'malformed'),
  })
  expect((await post('/faucet', { address: accountOf(makeKey()), amount: '9' })).body).toEqual(
    refused('amount: unknown field; known are address', 'malformed'),
  )
})

test('without a faucet none is given', async () => {
  const { faucet, ...without } = options
  const other = await serve(without, stop.signal)
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ address: accountOf(makeKey()) })
  const answer = await fetch(new URL('/faucet', other.url), { method: 'POST', headers, body })
  expect(await answer.json()).toEqual(refused('There is a faucet on the local test chain only'))
})

test('health tells what it is given, and a chain that is gone is said in words', async () => {
  const health = async () => ({ block: 3 })
  const broken = await serve({ ...options, health, rpcUrl: 'http://127.0.0.1:9' }, stop.signal)
  expect(await (await fetch(new URL('/healthz', broken.url))).json()).toEqual({ ok: true, block: 3 })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(new URL('/rpc', broken.url), {
    method: 'POST',
    headers,
    body: JSON.stringify(call('eth_chainId')),
  })
  expect([answer.status, await answer.json()]).toEqual([
    502,
    refused('The chain does not answer just now', 'unreachable'),
  ])
})

test('a page is told that the node of the chain is busy, and not that all is well', async () => {
  const proxy = await startFaultyProxy(anvil.rpcUrl)
  const other = await serve({ ...options, rpcUrl: proxy.rpcUrl }, stop.signal)
  proxy.faults.next = [429, 503]
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(call('eth_chainId')) }
  const ask = async () => (await fetch(new URL('/rpc', other.url), init)).status
  expect([await ask(), await ask(), await ask()]).toEqual([429, 503, 200])
  proxy.close()
})

test('a port that is taken and an app that is not built are said with the way out', async () => {
  await expect(serve({ ...options, port: site.port }, stop.signal)).rejects.toThrow(
    /cannot listen on .*EADDRINUSE/,
  )
  await expect(serve({ ...options, folder: join(folder, 'none') }, stop.signal)).rejects.toThrow(
    /npm run build/,
  )
})

test('the server ends at once when asked to, open connections or not', async () => {
  const ask = new AbortController()
  const other = await serve(options, ask.signal)
  const socket = connect(other.port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  ask.abort()
  await other.ended
  await expect(fetch(other.url)).rejects.toThrow()
})
