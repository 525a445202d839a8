import { setMaxListeners } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Relay } from '../../relay/relay.ts'
import { startRelay } from '../../relay/relay.ts'
import type { FrameStream, PeerEvent, PeerNode, RelayStatus } from '../peer-node.ts'
import { openServerNode } from '../server-node.ts'

const ECHO = '/weft/test-echo/1'
const LOOPBACK = { host: '127.0.0.1', port: 0 }
/** Others may be using the machine. */
const patient = { timeout: 15_000 }
const lifetime = new AbortController()
setMaxListeners(0, lifetime.signal)
const key = makeKey()
let relay: Relay
/** Listens on a socket and is reached through the relay as well. */
let open: PeerNode
/** Is reached through the relay only. */
let hidden: PeerNode
let dialer: PeerNode
/** A peer id that nobody answers to. */
let nobody = ''

beforeAll(async () => {
  relay = await startRelay({ key: makeKey() }, lifetime.signal)
  const relays = relay.addresses
  open = await openServerNode({ key, relays, listen: LOOPBACK }, lifetime.signal)
  hidden = await openServerNode({ key: makeKey(), relays }, lifetime.signal)
  dialer = await openServerNode({ key: makeKey(), relays: [] }, lifetime.signal)
  const gone = new AbortController()
  nobody = (await openServerNode({ key: makeKey(), relays: [] }, gone.signal)).peerId
  gone.abort()
  for (const node of [open, hidden]) await node.handle(ECHO, echo)
  await vi.waitUntil(() => [open, hidden].every((node) => node.relays()[0]?.state === 'connected'), 10_000)
})

afterAll(async () => {
  lifetime.abort()
  await Promise.all([relay, open, hidden, dialer].map(({ stopped }) => stopped))
})

async function echo(stream: FrameStream): Promise<void> {
  for await (const frame of stream.frames) stream.send(frame)
}

async function firstEcho(stream: FrameStream): Promise<unknown> {
  stream.send({ type: 1, request: 1, body: 'hello' })
  for await (const { body } of stream.frames) return body
  return undefined
}

test('the key is the identity: its account, and the peer id that others see', async () => {
  const stream = await dialer.dial({ peer: open.peerId, addresses: open.addresses() }, ECHO, lifetime.signal)
  expect(open.account).toBe(accountOf(key))
  expect(stream.remote).toBe(accountOf(key))
  expect(stream.path).toBe('websocket')
  expect(await firstEcho(stream)).toBe('hello')
})

test('dials for two purposes at a time share one connection', async () => {
  const brief = new AbortController()
  const caller = await openServerNode({ key: makeKey(), relays: [] }, brief.signal)
  const before = relay.stats().connections
  const target = { peer: relay.peerId, addresses: relay.addresses }
  const protocols = ['/weft/registry/1', '/weft/registry/1', '/weft/registry/1']
  const streams = await Promise.all(protocols.map((one) => caller.dial(target, one, brief.signal)))
  expect(streams.map(({ path }) => path)).toEqual(['websocket', 'websocket', 'websocket'])
  await expect.poll(() => relay.stats().connections, patient).toBe(before + 1)
  brief.abort()
  await caller.stopped
})

test('a peer without a socket is reached through the relay, and the path says so', async () => {
  const target = { peer: hidden.peerId, addresses: hidden.addresses() }
  expect(target.addresses.every((address) => address.includes('/p2p-circuit/'))).toBe(true)
  const stream = await dialer.dial(target, ECHO, lifetime.signal)
  expect(stream.path).toBe('relayed')
  expect(await firstEcho(stream)).toBe('hello')
  expect(dialer.path(hidden.peerId)).toBe('relayed')
})

test('where the socket does not answer, the relayed path does', async () => {
  const caller = await openServerNode({ key: makeKey(), relays: [] }, lifetime.signal)
  const dead = `/ip4/127.0.0.1/tcp/${await freePort()}/ws/p2p/${hidden.peerId}`
  const target = { peer: hidden.peerId, addresses: [dead, ...hidden.addresses()] }
  const stream = await caller.dial(target, ECHO, lifetime.signal)
  expect(stream.path).toBe('relayed')
})

test('an address of somebody else is not dialled, and the failure lists every trouble', async () => {
  const foreign = open.addresses().find((address) => !address.includes('circuit')) ?? ''
  const dead = `/ip4/127.0.0.1/tcp/${await freePort()}/ws`
  const dial = dialer.dial({ peer: nobody, addresses: [foreign, dead, 'nonsense'] }, ECHO, lifetime.signal)
  await expect(dial).rejects.toMatchObject({ code: 'unreachable' })
  await expect(dial).rejects.toThrow(foreign)
  await expect(dial).rejects.toThrow('nonsense')
  await expect(dial).rejects.toThrow('ECONNREFUSED')
})

test('a peer that has left its relay is said to have', async () => {
  const addresses = hidden.addresses().map((address) => address.replace(hidden.peerId, nobody))
  await expect(dialer.dial({ peer: nobody, addresses }, ECHO, lifetime.signal)).rejects.toThrow(
    `peer ${nobody} could not be reached (relayed: it is not at its relay any more)`,
  )
})

test('a peer that does not speak the protocol is a refusal that names it', async () => {
  const dial = dialer.dial(
    { peer: open.peerId, addresses: open.addresses() },
    '/weft/none/1',
    lifetime.signal,
  )
  await expect(dial).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('/weft/none/1'),
  })
})

test('a peer that says its socket is someone else’s is not taken for it', async () => {
  const address = (open.addresses()[0] ?? '').replace(open.peerId, hidden.peerId)
  const caller = await openServerNode({ key: makeKey(), relays: [] }, lifetime.signal)
  const dial = caller.dial({ peer: hidden.peerId, addresses: [address] }, ECHO, lifetime.signal)
  await expect(dial).rejects.toMatchObject({ code: 'unreachable' })
})

test('a cancelled dial says so', async () => {
  const cancel = new AbortController()
  const silent = createServer()
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, '127.0.0.1', () => resolve(portOf(silent)))
  })
  const dial = dialer.dial(
    { peer: nobody, addresses: [`/ip4/127.0.0.1/tcp/${port}/ws`] },
    ECHO,
    cancel.signal,
  )
  setTimeout(() => cancel.abort(), 50)
  await expect(dial).rejects.toMatchObject({ code: 'cancelled' })
  silent.close()
})

test('those who come and go are reported, relays are not', async () => {
  const events: PeerEvent[] = []
  open.onPeers((event) => events.push(event), lifetime.signal)
  events.length = 0
  const brief = new AbortController()
  const visitor = await openServerNode({ key: makeKey(), relays: [] }, brief.signal)
  await visitor.dial({ peer: open.peerId, addresses: open.addresses() }, ECHO, brief.signal)
  brief.abort()
  await visitor.stopped
  const { peerId: peer, account } = visitor
  await expect
    .poll(() => events)
    .toEqual([
      { kind: 'reached', peer, account, path: 'websocket' },
      { kind: 'left', peer, account },
    ])
})

test('a node that stops ends its streams in order', async () => {
  const brief = new AbortController()
  const visitor = await openServerNode({ key: makeKey(), relays: [] }, brief.signal)
  const came = new Promise<FrameStream>((resolve) => {
    void open.handle('/weft/test-goodbye/1', resolve)
  })
  await visitor.dial({ peer: open.peerId, addresses: open.addresses() }, '/weft/test-goodbye/1', brief.signal)
  const stream = await came
  brief.abort()
  for await (const _ of stream.frames) throw new Error('no frame was sent')
  expect(await stream.closed).toBeUndefined()
  await visitor.stopped
})

test('behind a proxy it tells the proxy’s address in place of its socket’s', async () => {
  const brief = new AbortController()
  const announce = ['/dns4/weft.example/tcp/443/tls/ws']
  const node = await openServerNode(
    { key: makeKey(), relays: relay.addresses, listen: { ...LOOPBACK, announce } },
    brief.signal,
  )
  await expect.poll(() => node.addresses(), patient).toHaveLength(2)
  expect(node.addresses()[0]).toBe(`${announce[0]}/p2p/${node.peerId}`)
  expect(node.addresses()[1]).toContain('/p2p-circuit/')
  brief.abort()
  await node.stopped
})

test('a relay’s address without its peer id is refused, and a taken port is named', async () => {
  const relays = ['/ip4/127.0.0.1/tcp/1/ws']
  await expect(openServerNode({ key, relays }, lifetime.signal)).rejects.toThrow('relays: expected')
  const port = Number(/\/tcp\/(\d+)\//.exec(relay.addresses[0] ?? '')?.[1])
  const taken = openServerNode({ key, relays: [], listen: { host: '127.0.0.1', port } }, lifetime.signal)
  await expect(taken).rejects.toThrow(`cannot listen on 127.0.0.1 port ${port}`)
})

test('a relay that restarts with its key and port is found again, reservation and all', async () => {
  const relayKey = makeKey()
  const first = new AbortController()
  const before = await startRelay({ key: relayKey }, first.signal)
  const port = Number(/\/tcp\/(\d+)\//.exec(before.addresses[0] ?? '')?.[1])
  const brief = new AbortController()
  const backoff = { firstMs: 100, lastMs: 400 }
  const node = await openServerNode({ key: makeKey(), relays: before.addresses, backoff }, brief.signal)
  const seen: RelayStatus['state'][] = []
  node.onRelays(([relay]) => relay && seen.push(relay.state), brief.signal)
  await expect.poll(() => node.addresses(), patient).toHaveLength(1)
  first.abort()
  await before.stopped
  await expect.poll(() => node.relays()[0]?.state, patient).not.toBe('connected')
  expect(node.addresses()).toEqual([])
  expect(node.relays()[0]?.reason).not.toBe('')
  const after = await startRelay({ key: relayKey, port }, brief.signal)
  await expect.poll(() => node.relays()[0]?.state, patient).toBe('connected')
  expect(node.addresses()).toHaveLength(1)
  expect(seen).toContain('lost')
  const target = { peer: node.peerId, addresses: node.addresses() }
  await node.handle(ECHO, echo)
  const caller = await openServerNode({ key: makeKey(), relays: [] }, brief.signal)
  expect(await firstEcho(await caller.dial(target, ECHO, brief.signal))).toBe('hello')
  brief.abort()
  await Promise.all([after, node, caller].map(({ stopped }) => stopped))
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
