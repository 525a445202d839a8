import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeKey } from '../../protocol/account.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import { encodeFrame } from '../../protocol/frame.ts'
import { baseConfig } from '../node/libp2p-config.ts'
import type { FrameStream, FrameStreamOptions, PeerNode } from '../peer-node.ts'
import { openServerNode } from '../server-node.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }
/** Others may be using the machine. */
const patient = { timeout: 15_000 }
const lifetime = new AbortController()
let near: PeerNode
let far: PeerNode
let protocols = 0

beforeAll(async () => {
  near = await openServerNode({ key: makeKey(), relays: [] }, lifetime.signal)
  far = await openServerNode({ key: makeKey(), relays: [], listen: LOOPBACK }, lifetime.signal)
})

afterAll(async () => {
  lifetime.abort()
  await Promise.all([near.stopped, far.stopped])
})

const target = () => ({ peer: far.peerId, addresses: far.addresses() })

/** Opens a stream, and gives both its ends. */
async function open(options?: FrameStreamOptions): Promise<[FrameStream, FrameStream]> {
  protocols += 1
  const protocol = `/weft/test-${protocols}/1`
  const came = new Promise<FrameStream>((resolve) => {
    void far.handle(protocol, (stream) => resolve(stream), options)
  })
  const stream = await near.dial(target(), protocol, lifetime.signal)
  return [stream, await came]
}

/** Opens a stream as one who does not keep to the rules: plain bytes. */
async function openRaw(onStream: (stream: FrameStream) => void, options?: FrameStreamOptions) {
  protocols += 1
  const protocol = `/weft/test-${protocols}/1`
  await far.handle(protocol, onStream, options)
  const rogue = await createLibp2p({
    ...baseConfig(makeKey(), { maxConnections: 10 }),
    transports: [webSockets()],
  })
  const connection = await rogue.dial(far.addresses().map((address) => multiaddr(address)))
  return { rogue, connection, stream: await connection.newStream(protocol) }
}

async function take(stream: FrameStream, count: number): Promise<Frame[]> {
  const frames: Frame[] = []
  if (count === 0) return frames
  for await (const frame of stream.frames) {
    frames.push(frame)
    if (frames.length === count) break
  }
  return frames
}

test('each side knows the other’s account from the handshake', async () => {
  const [stream, other] = await open()
  expect([stream.remote, other.remote]).toEqual([far.account, near.account])
  expect([stream.path, other.path]).toEqual(['websocket', 'websocket'])
})

test('five thousand frames arrive in order, both ways', async () => {
  const [stream, other] = await open()
  const body = { bytes: new Uint8Array(300), text: 'ä', big: 2n ** 62n }
  for (let request = 0; request < 5_000; request += 1) {
    stream.send({ type: 7, request, body })
    other.send({ type: 8, request, body: null })
  }
  const [there, back] = await Promise.all([take(other, 5_000), take(stream, 5_000)])
  expect(there.map(({ request }) => request)).toEqual(Array.from({ length: 5_000 }, (_, i) => i))
  expect(there[4_999]).toEqual({ type: 7, request: 4_999, body })
  expect(back[4_999]).toEqual({ type: 8, request: 4_999, body: null })
})

test('large frames wait for the reader and none is lost', async () => {
  const [stream, other] = await open()
  const bytes = new Uint8Array(4 * 1024 * 1024).fill(9)
  const sending = (async () => {
    for (let request = 0; request < 9; request += 1) {
      stream.send({ type: 1, request, body: bytes })
      await stream.drained()
    }
    return 'sent'
  })()
  // Far more than the reader holds, so the sender has to wait for it.
  const early = await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, 1_500, 'waits'))])
  expect(early).toBe('waits')
  const frames = await take(other, 9)
  expect(await sending).toBe('sent')
  expect(frames.map(({ request }) => request)).toEqual(Array.from({ length: 9 }, (_, i) => i))
  expect(frames.every(({ body }) => body instanceof Uint8Array && body.length === bytes.length)).toBe(true)
})

test('closing tells the other side, which reads what was sent before', async () => {
  const [stream, other] = await open()
  stream.send({ type: 1, request: 1, body: 'last words' })
  const closing = stream.close()
  const seen: unknown[] = []
  for await (const { body } of other.frames) seen.push(body)
  await closing
  expect(seen).toEqual(['last words'])
  expect(await Promise.all([stream.closed, other.closed])).toEqual([undefined, undefined])
  expect(stream.send({ type: 1, request: 2, body: null })).toBe(false)
})

test('an abort ends both sides with a cause', async () => {
  const [stream, other] = await open()
  stream.abort(new Failure('refused', 'enough'))
  expect((await stream.closed)?.message).toBe('enough')
  expect((await other.closed)?.code).toBe('unreachable')
  await expect(take(other, 1)).rejects.toMatchObject({ code: 'unreachable' })
})

test('a frame of the stream’s own type is refused', async () => {
  const [stream] = await open()
  expect(() => stream.send({ type: 0, request: 0, body: 'ping' })).toThrow('frame.type')
})

const garbage: readonly [string, Uint8Array, string][] = [
  ['random bytes', new Uint8Array(64).fill(255), 'oversized'],
  ['a length shorter than the head', new Uint8Array([0, 0, 0, 2, 1, 1]), 'malformed'],
  ['a body that is not CBOR', new Uint8Array([0, 0, 0, 7, 1, 0, 0, 0, 0, 255, 255]), 'malformed'],
  ['an unknown control word', encodeFrame({ type: 0, request: 0, body: 'hello' }), 'malformed'],
]

for (const [name, bytes, code] of garbage) {
  test(`garbage (${name}) ends that stream alone, with the cause`, async () => {
    const [stream, other] = await open()
    let failed: Promise<Failure | undefined> = Promise.resolve(undefined)
    const {
      rogue,
      connection,
      stream: raw,
    } = await openRaw((one) => {
      failed = one.closed
    })
    const sibling = await connection.newStream('/ipfs/ping/1.0.0')
    raw.send(bytes)
    await expect.poll(async () => (await failed)?.code, patient).toBe(code)
    expect([connection.status, sibling.status]).toEqual(['open', 'open'])
    stream.send({ type: 1, request: 1, body: 'still here' })
    expect(await take(other, 1)).toHaveLength(1)
    await rogue.stop()
  })
}

test('a flood beyond the budget ends the stream with the cause', async () => {
  const budget = { framesPerSecond: 10, bytesPerSecond: 100_000, burstSeconds: 2 }
  const [stream, other] = await open({ budget })
  for (let request = 0; request < 100; request += 1) stream.send({ type: 1, request, body: null })
  expect(await other.closed).toMatchObject({ code: 'refused' })
  expect((await stream.closed)?.code).toBe('unreachable')
})

test('a side that falls silent is noticed', async () => {
  let failed: Promise<Failure | undefined> = Promise.resolve(undefined)
  const { rogue, stream: raw } = await openRaw(
    (one) => {
      failed = one.closed
    },
    { idleMs: 200, answerMs: 200 },
  )
  raw.send(encodeFrame({ type: 1, request: 1, body: null }))
  const start = Date.now()
  await expect.poll(async () => (await failed)?.message, patient).toContain('no sign of life for 0.4 s')
  expect(Date.now() - start).toBeLessThan(10_000)
  await rogue.stop()
})

test('pings keep a quiet stream alive', async () => {
  const [stream, other] = await open({ idleMs: 100, answerMs: 200 })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  stream.send({ type: 1, request: 1, body: 'hello' })
  expect(await take(other, 1)).toHaveLength(1)
})
