import { setMaxListeners } from 'node:events'
import { expect, test } from 'vitest'
import { confirmedBlock } from '../chain/chain.ts'
import { readEvents } from '../chain/watch.ts'
import { blockSource } from '../p2p/blocks/block-source.ts'
import { fetchUpTo, NO_CACHE } from '../p2p/blocks/fetch-blob.ts'
import type { PeerNode } from '../p2p/peer-node.ts'
import { openRegistry } from '../p2p/registry/registry.ts'
import { openServerNode } from '../p2p/server-node.ts'
import { makeKey } from '../protocol/account.ts'
import { listDigest, readLeafList } from '../protocol/statement/leaf-list.ts'
import { startRelay } from '../relay/relay.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { openPublisher } from './publisher.ts'
import { chain, draft, publisher, Stage, squares, until } from './test-stage.ts'

test('the lists of all that a publisher has posted come from the relay when the publisher is gone', async () => {
  const [living, lifetime] = [new AbortController(), new AbortController()]
  for (const { signal } of [living, lifetime]) setMaxListeners(0, signal)
  const relay = await startRelay({ key: makeKey() }, lifetime.signal)
  const stage = new Stage(openMemoryStore())
  const { parts } = stage
  const node = await openServerNode({ key: publisher, relays: relay.addresses }, living.signal)
  const reached: PeerNode = {
    ...parts.node,
    peerId: node.peerId,
    addresses: () => node.addresses(),
    async handle(...taken) {
      await parts.node.handle(...taken)
      await node.handle(...taken)
    },
    relays: () => node.relays(),
    stopped: node.stopped,
  }
  const registry = openRegistry(node, living.signal)
  const engine = await openPublisher({ ...parts, node: reached, registry }, living.signal)
  const fromBlock = await confirmedBlock(chain)
  const jobId = await engine.publish(draft(40))
  await until(() => relay.stats().announcements > 0, 'the announcement')
  for (let guests = 0; guests < 2; guests += 1) stage.connect(jobId, squares)
  await engine.over(jobId)
  const events = await readEvents(chain, { jobId, fromBlock, toBlock: await confirmedBlock(chain) })
  const posted = events.flatMap((event) => (event.kind === 'posted' ? [event.statement] : []))
  expect(posted.length).toBeGreaterThan(0)
  await until(() => relay.stats().lists >= posted.length, 'all lists at the relay')
  living.abort()
  await node.stopped

  const asker = await openServerNode({ key: makeKey(), relays: relay.addresses }, lifetime.signal)
  const source = blockSource(asker, { peer: relay.peerId, addresses: relay.addresses }, lifetime.signal)
  const options = { cache: NO_CACHE, signal: lifetime.signal }
  let total = 0n
  for (const statement of posted) {
    const bytes = await fetchUpTo(source, { digest: listDigest(statement), maxBytes: 1 << 20 }, options)
    const { leaves } = await readLeafList(bytes, statement, async () => undefined)
    total += leaves.reduce((sum, { amount }) => sum + amount, 0n)
  }
  expect(total).toBe(engine.show().jobs[0]?.promised)
  lifetime.abort()
  await relay.stopped
})
