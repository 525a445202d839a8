import { setMaxListeners } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeKey } from '../../protocol/account.ts'
import type { Digest } from '../../protocol/bytes.ts'
import { isEqual } from '../../protocol/bytes.ts'
import type { Cid } from '../../protocol/cid.ts'
import { cidOf, digestOfCid } from '../../protocol/cid.ts'
import { digestOf } from '../../protocol/digest.ts'
import { Failure } from '../../protocol/failure.ts'
import type { Frame } from '../../protocol/frame.ts'
import type { FrameStream, PeerNode } from '../peer-node.ts'
import { openServerNode } from '../server-node.ts'
import { BLOCK_BYTES, BLOCK_FRAME, BLOCKS_PROTOCOL, packList, readRequest } from './block-message.ts'
import { blockSource } from './block-source.ts'
import { fetchBlob } from './fetch-blob.ts'
import { serveBlocks } from './serve-blocks.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }
/** Others may be using the machine. */
const patient = { timeout: 15_000 }
const lifetime = new AbortController()
const { signal } = lifetime
setMaxListeners(0, signal)
const big = bytesOf(5 * BLOCK_BYTES + 1_234, 1)
const small = bytesOf(1_000, 2)
const empty = new Uint8Array()
const zeros = new Uint8Array(3 * BLOCK_BYTES)
const blobs = new Map([big, small, empty, zeros].map((bytes) => [digestOf(bytes), bytes]))
let reads: Digest[] = []
let server: PeerNode
let client: PeerNode
let sources = new AbortController()
let cache = new Map<Digest, Uint8Array>()

const port = {
  get: async (digest: Digest) => cache.get(digest),
  put: async (digest: Digest, bytes: Uint8Array) => void cache.set(digest, bytes.slice()),
}

beforeAll(async () => {
  server = await openServerNode({ key: makeKey(), relays: [], listen: LOOPBACK }, signal)
  client = await openServerNode({ key: makeKey(), relays: [] }, signal)
  await serveBlocks(server, async (digest) => {
    reads.push(digest)
    return blobs.get(digest)
  })
})

beforeEach(() => {
  cache = new Map()
  reads = []
  sources = new AbortController()
})

afterEach(() => sources.abort())

afterAll(async () => {
  lifetime.abort()
  await Promise.all([server.stopped, client.stopped])
})

/** Equal bytes; the comparison of the test runner takes seconds for a megabyte. */
const same = (found: Uint8Array | undefined, bytes: Uint8Array) =>
  found !== undefined && isEqual(found, bytes)

function bytesOf(length: number, seed: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

const sourceOf = (node: PeerNode) =>
  blockSource(client, { peer: node.peerId, addresses: node.addresses() }, sources.signal)

const wantedOf = (bytes: Uint8Array) => ({ cid: cidOf(bytes), bytes: bytes.length })

/** A node that answers requests for blocks as `answer` says. */
async function openRogue(answer: (stream: FrameStream, frame: Frame) => void): Promise<PeerNode> {
  const rogue = await openServerNode({ key: makeKey(), relays: [], listen: LOOPBACK }, signal)
  await rogue.handle(BLOCKS_PROTOCOL, async (stream) => {
    for await (const frame of stream.frames) answer(stream, frame)
  })
  return rogue
}

/** Answers as an honest peer that has `blob`, except where `lie` changes a block. */
function tell(blob: Uint8Array, lie: (index: number, block: Uint8Array) => Uint8Array) {
  const size = blob.length
  const parts = Array.from({ length: Math.ceil(size / BLOCK_BYTES) }, (_, i) =>
    blob.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES),
  )
  const blocks = parts.map(digestOf)
  return (stream: FrameStream, { type, request, body }: Frame) => {
    if (type === BLOCK_FRAME.list)
      return void stream.send({ type: BLOCK_FRAME.listed, request, body: packList({ size, blocks }) })
    for (const digest of readRequest(body).blocks) {
      const index = blocks.indexOf(digest)
      stream.send({ type: BLOCK_FRAME.block, request, body: lie(index, parts[index] ?? empty) })
    }
  }
}

test('blobs of many blocks, of one and of none arrive whole, and are cached under their names', async () => {
  const source = sourceOf(server)
  const progress: number[] = []
  const onProgress = (bytes: number) => void progress.push(bytes)
  expect(same(await fetchBlob(source, wantedOf(big), { cache: port, signal, onProgress }), big)).toBe(true)
  expect(progress[0]).toBe(0)
  expect(progress.at(-1)).toBe(big.length)
  expect(progress).toEqual([...progress].sort((a, b) => a - b))
  for (const blob of [small, empty, zeros]) {
    expect(same(await fetchBlob(source, wantedOf(blob), { cache: port, signal }), blob)).toBe(true)
  }
  for (const [digest, blob] of blobs) expect(same(cache.get(digest), blob)).toBe(true)
})

test('what is cached is not asked for', async () => {
  cache.set(digestOf(big), big)
  expect(same(await fetchBlob(sourceOf(server), wantedOf(big), { cache: port, signal }), big)).toBe(true)
  expect(reads).toEqual([])
})

test('several blobs come over one stream at a time', async () => {
  let streams = 0
  const counting = {
    ...client,
    dial: (...args: Parameters<PeerNode['dial']>) => {
      streams += 1
      return client.dial(...args)
    },
  }
  const source = blockSource(counting, { peer: server.peerId, addresses: server.addresses() }, sources.signal)
  const fetched = await Promise.all(
    [big, small, empty].map((blob) => fetchBlob(source, wantedOf(blob), { cache: port, signal })),
  )
  expect(fetched.map(digestOf)).toEqual([big, small, empty].map(digestOf))
  expect(streams).toBe(1)
})

test('a fetch that was cut goes on with the blocks that it lacks', async () => {
  let served = 0
  const rogue = await openRogue((stream, frame) => {
    if (frame.type === BLOCK_FRAME.get) served += 1
    if (served < 2) return tell(big, (_, block) => block)(stream, frame)
    // The first batch shall have left.
    setTimeout(() => stream.abort(new Failure('refused', 'cut')), 200)
  })
  const cut = fetchBlob(sourceOf(rogue), wantedOf(big), { cache: port, signal })
  await expect(cut).rejects.toMatchObject({ code: 'unreachable' })
  await expect.poll(() => cache.size, patient).toBe(4)
  expect(cache.has(digestOf(big))).toBe(false)
  const asked: Digest[] = []
  const honest = await openRogue((stream, frame) => {
    if (frame.type === BLOCK_FRAME.get) asked.push(...readRequest(frame.body).blocks)
    tell(big, (_, block) => block)(stream, frame)
  })
  expect(same(await fetchBlob(sourceOf(honest), wantedOf(big), { cache: port, signal }), big)).toBe(true)
  expect(asked).toHaveLength(2)
})

test('a source dials again when its stream was lost', async () => {
  let isFirst = true
  const rogue = await openRogue((stream, frame) => {
    if (isFirst) stream.abort(new Failure('refused', 'cut'))
    else tell(small, (_, block) => block)(stream, frame)
    isFirst = false
  })
  const source = sourceOf(rogue)
  await expect(fetchBlob(source, wantedOf(small), { cache: port, signal })).rejects.toMatchObject({
    code: 'unreachable',
  })
  expect(same(await fetchBlob(source, wantedOf(small), { cache: port, signal }), small)).toBe(true)
})

const flip = (block: Uint8Array) => block.map((byte, index) => (index === 7 ? byte ^ 1 : byte))
const lies: readonly [string, Uint8Array, (blob: Uint8Array) => ReturnType<typeof tell>][] = [
  ['a byte of a block', big, (blob) => tell(blob, (index, block) => (index === 2 ? flip(block) : block))],
  ['a block too short', big, (blob) => tell(blob, (_, block) => block.subarray(1))],
  ['a block too long', big, (blob) => tell(blob, (_, block) => new Uint8Array(block.length + 1))],
  ['another blob of the same length', big, (blob) => tell(flip(blob), (_, block) => block)],
  ['another blob of one block', small, (blob) => tell(flip(blob), (_, block) => block)],
  ['a longer blob', small, () => tell(big, (_, block) => block)],
  [
    'a list of another length',
    big,
    () =>
      (stream, { request }) => {
        stream.send({
          type: BLOCK_FRAME.listed,
          request,
          body: { size: big.length, blocks: new Uint8Array(32) },
        })
      },
  ],
  [
    'frames of another kind',
    big,
    () =>
      (stream, { request }) =>
        void stream.send({ type: 99, request, body: 1 }),
  ],
]

for (const [name, blob, answer] of lies) {
  test(`a peer that lies (${name}) is caught, and nothing goes under the blob's name`, async () => {
    const rogue = await openRogue(answer(blob))
    const fetch = fetchBlob(sourceOf(rogue), wantedOf(blob), { cache: port, signal })
    await expect(fetch).rejects.toMatchObject({ code: 'malformed' })
    expect(cache.has(digestOf(blob))).toBe(false)
    for (const [digest, bytes] of cache) expect(digestOf(bytes)).toBe(digest)
    expect(same(await fetchBlob(sourceOf(server), wantedOf(blob), { cache: port, signal }), blob)).toBe(true)
  })
}

test('a blob that the peer does not have is a refusal that names it', async () => {
  const cid: Cid = cidOf(new Uint8Array([1]))
  const fetch = fetchBlob(sourceOf(server), { cid, bytes: 1 }, { cache: port, signal })
  await expect(fetch).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining(digestOfCid(cid)),
  })
})

test('a fetch can be cancelled while the peer keeps silent', async () => {
  const rogue = await openRogue(() => undefined)
  const cancel = new AbortController()
  const fetch = fetchBlob(sourceOf(rogue), wantedOf(big), { cache: port, signal: cancel.signal })
  setTimeout(() => cancel.abort(), 100)
  await expect(fetch).rejects.toMatchObject({ code: 'cancelled' })
})

test('a peer that has single blocks serves them', async () => {
  const block = big.subarray(0, BLOCK_BYTES)
  blobs.set(digestOf(block), block)
  const source = sourceOf(server)
  const seen: Uint8Array[] = []
  const unknown = digestOf(new Uint8Array([9]))
  await source.get({ blob: unknown, blocks: [digestOf(block)] }, (_, bytes) => void seen.push(bytes))
  expect(seen.map(digestOf)).toEqual([digestOf(block)])
  blobs.delete(digestOf(block))
})

test('a request beyond the limits ends the stream', async () => {
  const stream = await client.dial(
    { peer: server.peerId, addresses: server.addresses() },
    BLOCKS_PROTOCOL,
    signal,
  )
  const body = { blob: new Uint8Array(32), blocks: new Uint8Array(17 * 32) }
  stream.send({ type: BLOCK_FRAME.get, request: 1, body })
  expect((await stream.closed)?.code).toBe('unreachable')
})
