import { setMaxListeners } from 'node:events'
import { expect, test } from 'vitest'
import { BLOCK_FRAME, BLOCKS_PROTOCOL, packList } from '../p2p/blocks/block-message.ts'
import { blockSource } from '../p2p/blocks/block-source.ts'
import { fetchUpTo, NO_CACHE } from '../p2p/blocks/fetch-blob.ts'
import { serveBlocks } from '../p2p/blocks/serve-blocks.ts'
import type { PeerNode } from '../p2p/peer-node.ts'
import { openRegistry } from '../p2p/registry/registry.ts'
import { openServerNode } from '../p2p/server-node.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Digest } from '../protocol/bytes.ts'
import { isEqual } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import type { TestList } from '../protocol/escrow/test-list.ts'
import { testList } from '../protocol/escrow/test-list.ts'
import { testOpening } from '../protocol/escrow/test-opening.ts'
import type { Failure } from '../protocol/failure.ts'
import { listDigest } from '../protocol/statement/leaf-list.ts'
import type { Statement } from '../protocol/statement/statement.ts'
import { startRelay } from './relay.ts'
import { openPeer, portOf, signed } from './test-peers.ts'
import { useRelay } from './test-relay.ts'

const stage = useRelay()

/** Others may be using the machine. */
const patient = { timeout: 15_000 }
const settler = makeKey()

/** A publisher with an announced job; its node serves what `blobs` has, unless the test serves in its place. */
async function openPublisher(serve?: (node: PeerNode) => Promise<void>, at = stage.relay) {
  const [key, end] = [makeKey(), new AbortController()]
  const signal = AbortSignal.any([stage.signal, end.signal])
  setMaxListeners(0, signal)
  const backoff = { firstMs: 100, lastMs: 300 }
  const node = await openServerNode({ key, relays: at.addresses, backoff }, signal)
  const blobs = new Map<Digest, Uint8Array>()
  await (serve?.(node) ?? serveBlocks(node, async (digest) => blobs.get(digest)))
  const troubles: string[] = []
  const registry = openRegistry(node, signal, { onTrouble: ({ message }: Failure) => troubles.push(message) })
  const opening = testOpening({ publisher: accountOf(key), settler: accountOf(settler) })
  const job = signed({ opening }, key)
  await registry.announce(job)
  const list = (change: Partial<Statement> = {}, size = 3): TestList => {
    const made = testList(job.announcement.jobId, { domain: job.announcement, key: settler, size }, change)
    blobs.set(digestOf(made.bytes), made.bytes)
    return made
  }
  const leave = async () => {
    end.abort()
    await node.stopped
  }
  const mirror = ({ signed: statement }: TestList) => registry.mirror(statement, Date.now() / 1000 + 600)
  return { registry, troubles, list, leave, mirror }
}

/** What a provider gets from the relay alone. */
async function ask(
  node: PeerNode,
  { signed: { statement } }: TestList,
  at = stage.relay,
): Promise<Uint8Array> {
  const source = blockSource(node, { peer: at.peerId, addresses: at.addresses }, stage.signal)
  const wanted = { digest: listDigest(statement), maxBytes: 1 << 20 }
  return fetchUpTo(source, wanted, { cache: NO_CACHE, signal: stage.signal })
}

test('the list of a publisher that is gone comes from the relay', async () => {
  const publisher = await openPublisher()
  const { node } = await openPeer(stage.relay.addresses, stage.signal)
  const [one, many] = [publisher.list(), publisher.list({ epoch: 1 }, 9_000)]
  await expect(ask(node, one)).rejects.toMatchObject({ code: 'refused' })
  publisher.mirror(one)
  publisher.mirror(many)
  await expect.poll(() => stage.relay.stats().lists, patient).toBe(2)
  await publisher.leave()
  expect(isEqual(await ask(node, one), one.bytes)).toBe(true)
  expect(isEqual(await ask(node, many), many.bytes)).toBe(true)
  expect(publisher.troubles).toEqual([])
})

test('a relay that has lost everything is told again when it is back', async () => {
  const key = makeKey()
  const first = new AbortController()
  const before = await startRelay({ key }, first.signal)
  const publisher = await openPublisher(undefined, before)
  const list = publisher.list()
  publisher.mirror(list)
  await expect.poll(() => before.stats().lists, patient).toBe(1)
  first.abort()
  await before.stopped
  const after = await startRelay({ key, port: portOf(before.addresses[0]) }, stage.signal)
  await expect.poll(() => after.stats().lists, { timeout: 25_000 }).toBe(1)
  const { node } = await openPeer(after.addresses, stage.signal)
  expect(isEqual(await ask(node, list, after), list.bytes)).toBe(true)
})

/** Serves other bytes under whatever digest is asked for. */
const serveOthers = (node: PeerNode) =>
  node.handle(BLOCKS_PROTOCOL, async (stream) => {
    const lie = new Uint8Array([1, 2, 3])
    for await (const { type, request } of stream.frames)
      if (type === BLOCK_FRAME.list)
        stream.send({
          type: BLOCK_FRAME.listed,
          request,
          body: packList({ size: 3, blocks: [digestOf(lie)] }),
        })
      else stream.send({ type: BLOCK_FRAME.block, request, body: lie })
  })

/** Says that the list has 20 MiB. */
const serveTooMuch = (node: PeerNode) =>
  node.handle(BLOCKS_PROTOCOL, async (stream) => {
    const blocks = Array.from({ length: 80 }, (_, n) => digestOf(new Uint8Array([n])))
    for await (const { request } of stream.frames)
      stream.send({ type: BLOCK_FRAME.listed, request, body: packList({ size: 80 << 18, blocks }) })
  })

const word = (digit: string) => `0x${digit.repeat(64)}` as const
const lies: readonly [string, Partial<Statement>, string, typeof serveOthers | undefined][] = [
  ['other bytes', {}, 'expected a single block of the same digest', serveOthers],
  ['too many bytes', {}, 'expected at most 16776192 bytes', serveTooMuch],
  ['no list at all', { dataHash: word('9') }, 'is not here', undefined],
  ['the leaves of another root', { root: word('8') }, 'expected a tree with the root 0x8', undefined],
  ['the leaves of another depth', { depth: 7 }, 'expected a tree of depth 7, found 2', undefined],
]

test.each(lies)('a publisher that has %s is refused, others are not', async (_, change, why, serve) => {
  const [liar, honest] = [await openPublisher(serve), await openPublisher()]
  const before = stage.relay.stats().lists
  const [bad, good] = [liar.list(change), honest.list()]
  liar.mirror(bad)
  await expect.poll(() => liar.troubles.join(), patient).toContain(why)
  expect(stage.relay.stats().lists).toBe(before)
  honest.mirror(good)
  await expect.poll(() => stage.relay.stats().lists, patient).toBe(before + 1)
  expect(honest.troubles).toEqual([])
})

test('a publisher that never answers holds up nobody else', async () => {
  const silent = await openPublisher((node) =>
    node.handle(BLOCKS_PROTOCOL, async ({ closed }) => void (await closed)),
  )
  const honest = await openPublisher()
  const before = stage.relay.stats().lists
  silent.mirror(silent.list())
  honest.mirror(honest.list())
  await expect.poll(() => stage.relay.stats().lists, patient).toBe(before + 1)
})

test('a list is mirrored for the publisher of an announced job only, with a statement of its settler', async () => {
  const [publisher, other] = [await openPublisher(), await openPublisher()]
  const list = publisher.list()
  other.mirror(list)
  await expect.poll(() => other.troubles.join(), patient).toContain("for the job's publisher only")
  const { statement } = list.signed
  publisher.mirror({ ...list, signed: { ...list.signed, statement: { ...statement, units: 2 } } })
  await expect.poll(() => publisher.troubles.join(), patient).toContain("not of the job's settler")
  publisher.mirror(testList(`0x${'6'.repeat(64)}`, { domain: signed().announcement, key: settler }))
  await expect.poll(() => publisher.troubles.join(), patient).toContain('no such job is announced here')
})
