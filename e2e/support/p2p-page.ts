import { blockSource } from '../../src/p2p/blocks/block-source.ts'
import { fetchBlob } from '../../src/p2p/blocks/fetch-blob.ts'
import { serveBlocks } from '../../src/p2p/blocks/serve-blocks.ts'
import type { FrameStream, PeerNode, PeerTarget } from '../../src/p2p/peer-node.ts'
import { openTabNode } from '../../src/p2p/tab-node.ts'
import { makeKey } from '../../src/protocol/account.ts'
import type { Digest } from '../../src/protocol/bytes.ts'
import { cidOf, readCid } from '../../src/protocol/cid.ts'

const ECHO = '/weft/test-echo/1'

/** A peer in a page that answers every frame with itself, as the stories drive it. */
class PagePeer {
  readonly #node: PeerNode
  readonly #lifetime: AbortController

  constructor(node: PeerNode, lifetime: AbortController) {
    this.#node = node
    this.#lifetime = lifetime
  }

  get target(): PeerTarget {
    return { peer: this.#node.peerId, addresses: this.#node.addresses() }
  }

  get states(): string[] {
    return this.#node.relays().map(({ state }) => state)
  }

  get account(): string {
    return this.#node.account
  }

  /** Serves the echo, and a blob of so many bytes, which it names. */
  async serve(blobBytes: number) {
    const blob = new Uint8Array(blobBytes).map((_, index) => index ^ (index >> 8) ^ (index >> 16))
    await this.#node.handle(ECHO, echo)
    await serveBlocks(this.#node, async () => blob)
    return { target: this.target, blob: { cid: cidOf(blob), bytes: blob.length } }
  }

  /** Dials, has `count` frames of `bytes` echoed, and tells the path and the times. */
  async echo(target: PeerTarget, { count, bytes }: { count: number; bytes: number }) {
    const start = performance.now()
    const stream = await this.#node.dial(target, ECHO, this.#lifetime.signal)
    const dialMs = performance.now() - start
    const body = new Uint8Array(bytes).fill(7)
    let echoed = 0
    for (let request = 0; request < count; request += 1) stream.send({ type: 1, request, body })
    for await (const frame of stream.frames) {
      if (frame.request !== echoed) throw new Error(`frame ${frame.request} came in place of ${echoed}`)
      echoed += 1
      if (echoed === count) break
    }
    await stream.close()
    const failure = await stream.closed
    const { path, remote } = stream
    return { path, remote, dialMs, echoed, ms: performance.now() - start, failure: failure?.message }
  }

  /** Fetches a blob and tells how fast. */
  async fetch(target: PeerTarget, { cid, bytes }: { cid: string; bytes: number }) {
    const cache = new Map<Digest, Uint8Array>()
    const { signal } = this.#lifetime
    const source = blockSource(this.#node, target, signal)
    const start = performance.now()
    const blob = await fetchBlob(
      source,
      { cid: readCid(cid, 'cid'), bytes },
      { cache: portOf(cache), signal },
    )
    return { bytes: blob.length, ms: performance.now() - start, path: this.#node.path(target.peer) }
  }

  async stop(): Promise<void> {
    this.#lifetime.abort()
    await this.#node.stopped
  }
}

async function echo(stream: FrameStream): Promise<void> {
  for await (const frame of stream.frames) stream.send(frame)
}

function portOf(cache: Map<Digest, Uint8Array>) {
  return {
    get: async (digest: Digest) => cache.get(digest),
    put: async (digest: Digest, bytes: Uint8Array) => void cache.set(digest, bytes),
  }
}

/** Opens a peer in this page. */
async function open(relays: readonly string[]): Promise<PagePeer> {
  const lifetime = new AbortController()
  return new PagePeer(await openTabNode({ key: makeKey(), relays }, lifetime.signal), lifetime)
}

/** What the page offers to the stories. */
export type P2pPage = { open: typeof open; peer?: PagePeer }

const page: P2pPage = { open }
Object.assign(window, { p2p: page })
