import { setMaxListeners } from 'node:events'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { BLOCK_FRAME, BLOCKS_PROTOCOL, packList } from '../../p2p/blocks/block-message.ts'
import { blockSource } from '../../p2p/blocks/block-source.ts'
import { serveBlocks } from '../../p2p/blocks/serve-blocks.ts'
import type { PeerNode } from '../../p2p/peer-node.ts'
import { openRegistry } from '../../p2p/registry/registry.ts'
import { openServerNode } from '../../p2p/server-node.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Digest } from '../../protocol/bytes.ts'
import { digestOf } from '../../protocol/digest.ts'
import type { TestList } from '../../protocol/escrow/test-list.ts'
import { testList } from '../../protocol/escrow/test-list.ts'
import { testOpening } from '../../protocol/escrow/test-opening.ts'
import type { Relay } from '../../relay/relay.ts'
import { startRelay } from '../../relay/relay.ts'
import { signed } from '../../relay/test-peers.ts'
import { fetchLeafList } from './leaf-list.ts'

const lifetime = new AbortController()
const { signal } = lifetime
setMaxListeners(0, signal)
const backoff = { firstMs: 100, lastMs: 300 }
const patient = { timeout: 15_000 }
const settler = makeKey()
let relay: Relay
let provider: PeerNode

beforeAll(async () => {
  relay = await startRelay({ key: makeKey() }, signal)
  provider = await openServerNode({ key: makeKey(), relays: relay.addresses, backoff }, signal)
  await vi.waitFor(() => expect(provider.relays()[0]?.state).toBe('connected'), patient)
})

afterAll(async () => {
  lifetime.abort()
  await relay.stopped
})

/** A publisher that listens, with a job at the relay; `serve` says what it has under which digest. */
async function openPublisher(serve: (node: PeerNode, blobs: Map<Digest, Uint8Array>) => Promise<void>) {
  const [key, end] = [makeKey(), new AbortController()]
  const life = AbortSignal.any([signal, end.signal])
  setMaxListeners(0, life)
  const listen = { host: '127.0.0.1', port: 0 }
  const node = await openServerNode({ key, relays: relay.addresses, backoff, listen }, life)
  const blobs = new Map<Digest, Uint8Array>()
  await serve(node, blobs)
  const registry = openRegistry(node, life)
  const job = signed(
    { opening: testOpening({ publisher: accountOf(key), settler: accountOf(settler) }) },
    key,
  )
  await registry.announce(job)
  const list = (change = {}): TestList => {
    const made = testList(job.announcement.jobId, { domain: job.announcement, key: settler }, change)
    blobs.set(digestOf(made.bytes), made.bytes)
    return made
  }
  const source = blockSource(provider, { peer: node.peerId, addresses: node.addresses() }, signal)
  const leave = async () => {
    end.abort()
    await node.stopped
  }
  return { registry, list, source, leave }
}

const honest = (node: PeerNode, blobs: Map<Digest, Uint8Array>) =>
  serveBlocks(node, async (digest) => blobs.get(digest))

/** Serves other bytes to providers than to the relay. */
const twoFaced = (node: PeerNode, blobs: Map<Digest, Uint8Array>) => {
  const lie = new Uint8Array([6])
  return node.handle(BLOCKS_PROTOCOL, async (stream) => {
    for await (const { type, request, body } of stream.frames) {
      const [bytes] = blobs.values()
      const told = stream.peer === relay.peerId && bytes !== undefined ? bytes : lie
      const list = { size: told.length, blocks: [digestOf(told)] }
      if (type === BLOCK_FRAME.list) stream.send({ type: BLOCK_FRAME.listed, request, body: packList(list) })
      else if (body !== undefined) stream.send({ type: BLOCK_FRAME.block, request, body: told })
    }
  })
}

const fetchFrom = ({ signed: { statement } }: TestList, publisher?: ReturnType<typeof blockSource>) =>
  fetchLeafList(statement, { publisher, node: provider }, signal)

test('the publisher gives the list, also when no relay has it', async () => {
  const publisher = await openPublisher(honest)
  const list = publisher.list()
  expect(await fetchFrom(list, publisher.source)).toEqual(list.leaves)
})

test('when the publisher is gone the relay gives the list', async () => {
  const publisher = await openPublisher(honest)
  const list = publisher.list()
  const before = relay.stats().lists
  publisher.registry.mirror(list.signed, Date.now() / 1000 + 600)
  await expect.poll(() => relay.stats().lists, patient).toBe(before + 1)
  await publisher.leave()
  expect(await fetchFrom(list)).toEqual(list.leaves)
  expect(await fetchFrom(list, publisher.source)).toEqual(list.leaves)
})

test('a publisher that gives others other bytes is passed over: the relay has the true ones', async () => {
  const publisher = await openPublisher(twoFaced)
  const list = publisher.list()
  const before = relay.stats().lists
  publisher.registry.mirror(list.signed, Date.now() / 1000 + 600)
  await expect.poll(() => relay.stats().lists, patient).toBe(before + 1)
  expect(await fetchFrom(list, publisher.source)).toEqual(list.leaves)
})

test('a list that nobody has is unreachable, with what each has said', async () => {
  const publisher = await openPublisher(honest)
  const list = testList(`0x${'3'.repeat(64)}`, { domain: signed().announcement, key: settler })
  const fetch = fetchFrom(list, publisher.source)
  await expect(fetch).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringMatching(/its publisher: .* is not here; relay .* is not here/),
  })
  await expect(fetchFrom(list)).rejects.toThrow('its publisher is not connected; relay')
})

test('bytes that the settler has signed for and that are not of its tree are told apart', async () => {
  const publisher = await openPublisher(honest)
  const list = publisher.list({ root: `0x${'8'.repeat(64)}` })
  await expect(fetchFrom(list, publisher.source)).rejects.toMatchObject({
    code: 'malformed',
    message: expect.stringContaining('expected a tree with the root'),
  })
})
