import type { Browser, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { serveBlocks } from '../src/p2p/blocks/serve-blocks.ts'
import type { PeerTarget } from '../src/p2p/peer-node.ts'
import { openServerNode } from '../src/p2p/server-node.ts'
import { makeKey } from '../src/protocol/account.ts'
import { cidOf } from '../src/protocol/cid.ts'
import type { Relay } from '../src/relay/relay.ts'
import { startRelay } from '../src/relay/relay.ts'
import type { P2pPage } from './support/p2p-page.ts'
import type { P2pSite } from './support/p2p-site.ts'
import { serveP2pSite } from './support/p2p-site.ts'

declare global {
  interface Window {
    p2p: P2pPage
  }
}

const ONE = { count: 1, bytes: 64 }
const SOME = { count: 50, bytes: 4_096 }
const lifetime = new AbortController()
let site: P2pSite
let relay: Relay

test.beforeAll(async () => {
  site = await serveP2pSite()
  relay = await startRelay({ key: makeKey() }, lifetime.signal)
})

test.afterEach(async ({ browser }) => {
  await Promise.all(browser.contexts().map((context) => context.close()))
})

test.afterAll(async () => {
  site.close()
  lifetime.abort()
  await relay.stopped
})

test('ten consecutive dials of new tabs all take WebRTC, and each within 3 s', async ({ browser }) => {
  const publisher = await openPage(browser)
  const { target } = await serve(publisher)
  const account = await publisher.evaluate(() => window.p2p.peer?.account)
  const page = await openPage(browser)
  const times: number[] = []
  for (let i = 0; i < 10; i += 1) {
    const told = await echo(page, target, ONE)
    expect(told, `dial ${i}`).toMatchObject({ path: 'webrtc', echoed: 1, remote: account })
    expect(told.dialMs, `dial ${i}`).toBeLessThan(3_000)
    times.push(Math.round(told.dialMs))
    await renew(page)
  }
  console.log(`WebRTC dials: ${times.join(' ')} ms`)
})

test('frames and blocks over WebRTC arrive whole', async ({ browser }) => {
  const { target, blob } = await serve(await openPage(browser), 8 * 1024 * 1024 + 5)
  const page = await openPage(browser)
  const told = await echo(page, target, { count: 2_000, bytes: 1_024 })
  expect(told).toMatchObject({ path: 'webrtc', echoed: 2_000 })
  const fetched = await fetchBytes(page, target, blob)
  expect(fetched).toMatchObject({ path: 'webrtc', bytes: blob.bytes })
  console.log(`WebRTC: 2000 frames of 1 KiB there and back ${ms(told)}, 8 MiB of blocks ${ms(fetched)}`)
})

test('a tab without WebRTC is reached, and reaches others, through the relay', async ({ browser }) => {
  const withWebRtc = await openPage(browser)
  const without = await openPage(browser, { webrtc: 'missing' })
  const there = await echo(without, (await serve(withWebRtc)).target, SOME)
  expect(there).toMatchObject({ path: 'relayed', echoed: SOME.count })
  await renew(withWebRtc)
  const back = await echo(withWebRtc, (await serve(without)).target, SOME)
  expect(back).toMatchObject({ path: 'relayed', echoed: SOME.count })
})

test('where WebRTC finds no way, the relayed path is taken', async ({ browser }) => {
  const { target } = await serve(await openPage(browser))
  const page = await openPage(browser, { webrtc: 'without candidates' })
  const first = await echo(page, target, ONE)
  expect(first).toMatchObject({ path: 'relayed', echoed: 1 })
  const again = await echo(page, target, SOME)
  expect(again).toMatchObject({ path: 'relayed', echoed: SOME.count })
  expect(again.dialMs).toBeLessThan(3_000)
})

test('streams between tabs outlive their relay, and it is found again when it is back', async ({
  browser,
}) => {
  const own = new AbortController()
  const key = makeKey()
  const mortal = await startRelay({ key }, own.signal)
  const port = Number(/\/tcp\/(\d+)\//.exec(mortal.addresses[0] ?? '')?.[1])
  const publisher = await openPage(browser, { relays: mortal.addresses })
  const page = await openPage(browser, { relays: mortal.addresses })
  const { target } = await serve(publisher)
  expect(await echo(page, target, ONE)).toMatchObject({ path: 'webrtc' })
  own.abort()
  await mortal.stopped
  await publisher.waitForFunction(() => window.p2p.peer?.states[0] !== 'connected')
  expect(await echo(page, target, ONE)).toMatchObject({ path: 'webrtc', echoed: 1 })
  const back = await startRelay({ key, port }, lifetime.signal)
  await publisher.waitForFunction(() => window.p2p.peer?.states[0] === 'connected')
  expect(await publisher.evaluate(() => window.p2p.peer?.target)).toEqual(target)
  const newcomer = await openPage(browser, { relays: back.addresses })
  expect(await echo(newcomer, target, ONE)).toMatchObject({ path: 'webrtc', echoed: 1 })
})

test('a tab reaches a Node publisher by websocket and fetches verified blocks from it', async ({
  browser,
}) => {
  const node = await openServerNode(
    { key: makeKey(), relays: [], listen: { host: '127.0.0.1', port: 0 } },
    lifetime.signal,
  )
  const bytes = new Uint8Array(3 * 1024 * 1024 + 17).map((_, index) => index ^ (index >> 8))
  await serveBlocks(node, async () => bytes)
  const target = { peer: node.peerId, addresses: node.addresses() }
  const told = await fetchBytes(await openPage(browser), target, { cid: cidOf(bytes), bytes: bytes.length })
  expect(told).toMatchObject({ path: 'websocket', bytes: bytes.length })
})

test('the tab’s bundle stays within 170 kB', () => {
  console.log(`the tab's peer-to-peer bundle: ${(site.gzipBytes / 1000).toFixed(1)} kB (gzip)`)
  expect(site.gzipBytes).toBeLessThan(170_000)
})

/** What stands in a page's way to WebRTC. */
const HANDICAPS = {
  none: '',
  missing: 'delete window.RTCPeerConnection',
  'without candidates': `
    const Real = RTCPeerConnection
    window.RTCPeerConnection = class extends Real {
      constructor(options) { super({ ...options, iceTransportPolicy: 'relay' }) }
    }`,
}

type Opening = { webrtc?: keyof typeof HANDICAPS; relays?: readonly string[] }

/** Opens a page with a peer that is connected to its relays. */
async function openPage(browser: Browser, { webrtc = 'none', relays }: Opening = {}): Promise<Page> {
  const context = await browser.newContext()
  await context.addInitScript(HANDICAPS[webrtc])
  const page = await context.newPage()
  page.on('pageerror', (error) => console.log(`page error: ${error.message}`))
  await page.goto(site.url)
  await renew(page, relays)
  return page
}

/** Puts a new peer in place of the page's old one, if it had one, and waits until it can be reached. */
async function renew(page: Page, relays = relay.addresses): Promise<void> {
  await page.evaluate(async (addresses) => {
    await window.p2p.peer?.stop()
    window.p2p.peer = await window.p2p.open(addresses)
  }, relays)
  await page.waitForFunction(() => window.p2p.peer?.states.every((state) => state === 'connected'))
}

/** Has the page serve the echo and a blob. */
async function serve(page: Page, blobBytes = 0) {
  return present(await page.evaluate((bytes) => window.p2p.peer?.serve(bytes), blobBytes))
}

async function echo(page: Page, target: PeerTarget, size: { count: number; bytes: number }) {
  const told = page.evaluate(([where, what]) => window.p2p.peer?.echo(where, what), [target, size] as const)
  return present(await told)
}

async function fetchBytes(page: Page, target: PeerTarget, blob: { cid: string; bytes: number }) {
  const told = page.evaluate(([where, what]) => window.p2p.peer?.fetch(where, what), [target, blob] as const)
  return present(await told)
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the page has no peer')
  return value
}

const ms = (told: { ms: number }) => `${Math.round(told.ms)} ms`
