import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { baseConfig } from '../p2p/node/libp2p-config.ts'
import type { FrameStream, PeerNode } from '../p2p/peer-node.ts'
import { REGISTRY_FRAME, REGISTRY_PROTOCOL } from '../p2p/registry/registry-message.ts'
import { openServerNode } from '../p2p/server-node.ts'
import { makeKey } from '../protocol/account.ts'
import { startRelay } from './relay.ts'
import { openPeer, portOf, signed } from './test-peers.ts'
import { useRelay } from './test-relay.ts'

const stage = useRelay()

/** Others may be using the machine. */
const patient = { timeout: 15_000 }
const open = (relays = stage.relay.addresses) => openPeer(relays, stage.signal)

const dial = (node: PeerNode) =>
  node.dial({ peer: stage.relay.peerId, addresses: stage.relay.addresses }, REGISTRY_PROTOCOL, stage.signal)

test('a publisher beyond its share is refused, others are not; a full relay says so', async () => {
  const limits = { maxAnnouncements: 4, maxPerPublisher: 3 }
  const small = await startRelay({ key: makeKey(), limits }, stage.signal)
  const { registry } = await open(small.addresses)
  for (let i = 0; i < 3; i += 1) await registry.announce(signed())
  await expect(registry.announce(signed())).rejects.toThrow('the publisher has 3 jobs announced')
  await registry.announce(signed({}, makeKey()))
  await expect(registry.announce(signed({}, makeKey()))).rejects.toThrow('the relay holds 4 announcements')
})

test('a peer that floods, or talks nonsense, loses its stream; the relay and the others go on', async () => {
  const { node, registry } = await open()
  const flood = await dial(node)
  for (let request = 0; request < 2_000; request += 1)
    flood.send({ type: REGISTRY_FRAME.query, request, body: null })
  expect((await flood.closed)?.code).toBe('unreachable')
  const nonsense = await dial(node)
  nonsense.send({ type: 77, request: 1, body: null })
  expect((await nonsense.closed)?.code).toBe('unreachable')
  await registry.announce(signed())
})

test('garbage on every layer leaves the relay standing', async () => {
  const port = portOf(stage.relay.addresses[0])
  for (let i = 0; i < 20; i += 1) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.end(i % 2 === 0 ? randomBytes(200) : 'GET / HTTP/1.1\r\n\r\n')
    const web = new WebSocket(`ws://127.0.0.1:${port}`)
    web.on('error', () => undefined)
    web.on('open', () => {
      web.send(randomBytes(5_000))
      if (i % 2 === 0) web.terminate()
    })
  }
  const rogue = await createLibp2p({
    ...baseConfig(makeKey(), { maxConnections: 10 }),
    transports: [webSockets()],
  })
  const connection = await rogue.dial(multiaddr(stage.relay.addresses[0] ?? ''))
  for (const protocol of [
    '/libp2p/circuit/relay/0.2.0/hop',
    '/ipfs/id/1.0.0',
    '/ipfs/ping/1.0.0',
    REGISTRY_PROTOCOL,
  ]) {
    const stream = await connection.newStream(protocol)
    stream.send(randomBytes(100_000))
  }
  await vi.waitFor(
    () => expect(connection.streams.every(({ protocol }) => protocol !== REGISTRY_PROTOCOL)).toBe(true),
    5_000,
  )
  await rogue.stop()
  const { registry } = await open()
  await registry.announce(signed())
})

test('a peer that leaves frees its reservation at once', async () => {
  const quiet = await startRelay({ key: makeKey() }, stage.signal)
  const leaving = new AbortController()
  const node = await openServerNode({ key: makeKey(), relays: quiet.addresses }, leaving.signal)
  await expect.poll(() => quiet.stats().reservations, patient).toBe(1)
  leaving.abort()
  await node.stopped
  await expect.poll(() => quiet.stats().reservations, patient).toBe(0)
})

test('a relay without room says so to whom it refuses', async () => {
  const full = await startRelay({ key: makeKey(), limits: { maxReservations: 1 } }, stage.signal)
  await openServerNode({ key: makeKey(), relays: full.addresses }, stage.signal)
  await expect.poll(() => full.stats().reservations, patient).toBe(1)
  const second = await openServerNode({ key: makeKey(), relays: full.addresses }, stage.signal)
  await expect
    .poll(() => second.relays()[0], { timeout: 15_000 })
    .toMatchObject({
      state: 'lost',
      reason: 'the relay gave no reservation (it may be full)',
    })
})

test('limits that libp2p would garble on the wire are refused', async () => {
  for (const relayedBytes of [0n, 1n << 31n, 3n << 30n, 1n << 32n]) {
    const starting = startRelay({ key: makeKey(), limits: { relayedBytes } }, stage.signal)
    await expect(starting).rejects.toThrow('limits.relayedBytes')
  }
})

test('a taken port is named', async () => {
  const port = portOf(stage.relay.addresses[0])
  await expect(startRelay({ key: makeKey(), port }, stage.signal)).rejects.toThrow(`port ${port}`)
})

test('a relayed path that has carried its share is cut with a cause, and can be taken anew', async () => {
  const thrifty = await startRelay({ key: makeKey(), limits: { relayedBytes: 300_000n } }, stage.signal)
  const { node: hidden } = await openPeer(thrifty.addresses, stage.signal)
  const { node: caller } = await open()
  const echo = async (stream: FrameStream) => {
    for await (const frame of stream.frames) stream.send(frame)
  }
  await hidden.handle('/weft/test-echo/1', echo)
  await expect.poll(() => hidden.addresses(), patient).toHaveLength(1)
  const target = { peer: hidden.peerId, addresses: hidden.addresses() }
  for (let round = 0; round < 2; round += 1) {
    const stream = await caller.dial(target, '/weft/test-echo/1', stage.signal)
    expect(stream.path).toBe('relayed')
    stream.send({ type: 1, request: round, body: 'small' })
    for await (const { request } of stream.frames) {
      expect(request).toBe(round)
      break
    }
    stream.send({ type: 1, request: 9, body: new Uint8Array(1_000_000) })
    expect((await stream.closed)?.code).toBe('unreachable')
  }
})
