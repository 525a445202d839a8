import { expect, test } from 'vitest'
import type { PeerNode } from '../p2p/peer-node.ts'
import type { Registry, RegistryChange } from '../p2p/registry/registry.ts'
import { openRegistry } from '../p2p/registry/registry.ts'
import { REGISTRY_FRAME, REGISTRY_PROTOCOL } from '../p2p/registry/registry-message.ts'
import { openServerNode } from '../p2p/server-node.ts'
import { makeKey } from '../protocol/account.ts'
import { packAnnouncement, signAnnouncement } from '../protocol/announcement.ts'
import { readWei } from '../protocol/wei.ts'
import { startRelay } from './relay.ts'
import { announcementOf, openPeer, portOf, seconds, signed } from './test-peers.ts'
import { useRelay } from './test-relay.ts'

const stage = useRelay()

/** Others may be using the machine. */
const patient = { timeout: 15_000 }
const open = (relays = stage.relay.addresses) => openPeer(relays, stage.signal)

function watch(registry: Registry): RegistryChange[] {
  const changes: RegistryChange[] = []
  registry.subscribe((change) => changes.push(change), stage.signal)
  return changes
}

/** A node's methods as plain fields, to put others in their place. */
function delegate(node: PeerNode) {
  const { account, peerId, stopped } = node
  return {
    account,
    peerId,
    stopped,
    addresses: () => node.addresses(),
    dial: (...args: Parameters<PeerNode['dial']>) => node.dial(...args),
    handle: (...args: Parameters<PeerNode['handle']>) => node.handle(...args),
    path: (peer: string) => node.path(peer),
    onPeers: (...args: Parameters<PeerNode['onPeers']>) => node.onPeers(...args),
    onRelays: (...args: Parameters<PeerNode['onRelays']>) => node.onRelays(...args),
    relays: () => node.relays(),
  }
}

test('an announced job is found by a query', async () => {
  const [publisher, provider] = await Promise.all([open(), open()])
  const job = signed()
  await publisher.registry.announce(job)
  const found = await provider.registry.query()
  expect(found).toContainEqual(job.announcement)
  expect(stage.relay.stats().announcements).toBeGreaterThan(0)
})

test('a query tells what is open now, not what once was', async () => {
  const [publisher, provider] = await Promise.all([open(), open()])
  const { jobId, opening, issuedAt } = announcementOf()
  await publisher.registry.announce(signed({ opening, issuedAt, expiresAt: issuedAt + 60 }))
  expect(await provider.registry.query()).toContainEqual(expect.objectContaining({ jobId }))
  const end = { issuedAt: issuedAt + 1, expiresAt: issuedAt + 60, isWithdrawn: true }
  await publisher.registry.announce(signed({ opening, ...end }))
  expect(await provider.registry.query()).not.toContainEqual(expect.objectContaining({ jobId }))
})

test('a subscriber hears of a job, of its new price, not of a renewal, and of its end', async () => {
  const [publisher, provider] = await Promise.all([open(), open()])
  const changes = watch(provider.registry)
  const { jobId, opening, issuedAt } = announcementOf()
  const time = (offset: number) => {
    return { opening, issuedAt: issuedAt + offset, expiresAt: issuedAt + offset + 60 }
  }
  const price = readWei('2000', 'price')
  const mine = () =>
    changes.filter(({ announcement }) => announcement.jobId === jobId).map(({ kind }) => kind)
  await publisher.registry.announce(signed(time(0)))
  await expect.poll(mine, patient).toEqual(['added'])
  await publisher.registry.announce(signed(time(1)))
  await publisher.registry.announce(signed({ ...time(2), price }))
  await expect.poll(mine, patient).toEqual(['added', 'updated'])
  expect(changes.at(-1)?.announcement.price).toBe(price)
  await publisher.registry.announce(signed({ ...time(3), isWithdrawn: true }))
  await expect.poll(mine, patient).toEqual(['added', 'updated', 'removed'])
  expect(await provider.registry.query()).not.toContainEqual(expect.objectContaining({ jobId }))
})

test('who subscribes later hears of the open jobs first', async () => {
  const [publisher, provider] = await Promise.all([open(), open()])
  const job = signed()
  await publisher.registry.announce(job)
  const expected = { kind: 'added', announcement: job.announcement }
  const first = watch(provider.registry)
  await expect.poll(() => first, patient).toContainEqual(expected)
  expect(watch(provider.registry)).toContainEqual(expected)
})

test('an older announcement does not displace a newer one, and the refusal says why', async () => {
  const { registry } = await open()
  const { opening, issuedAt } = announcementOf()
  await registry.announce(signed({ opening, issuedAt, expiresAt: issuedAt + 60 }))
  const older = registry.announce(signed({ opening, issuedAt: issuedAt - 1, expiresAt: issuedAt + 59 }))
  await expect(older).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('issuedAt') })
})

test('an announcement that ended, or comes from the future, is refused with both clocks', async () => {
  const { registry } = await open()
  const now = seconds()
  const past = registry.announce(signed({ issuedAt: now - 100, expiresAt: now - 20 }))
  await expect(past).rejects.toThrow(/expiresAt: \d+ is past; the relay's clock says \d+/)
  const future = registry.announce(signed({ issuedAt: now + 100, expiresAt: now + 160 }))
  await expect(future).rejects.toThrow(/issuedAt: \d+ is in the future; the relay's clock says \d+/)
})

test('a forged signature is refused with the field', async () => {
  const { registry } = await open()
  const forged = { ...signed(), announcement: announcementOf({ price: readWei('1', 'price') }) }
  await expect(registry.announce(forged)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('announcement.signature'),
  })
})

test('nobody can displace or withdraw the job of another publisher', async () => {
  const [publisher, provider] = await Promise.all([open(), open()])
  const job = signed()
  await publisher.registry.announce(job)
  const thief = makeKey()
  const { opening, issuedAt } = job.announcement
  const end = { issuedAt: issuedAt + 1, expiresAt: issuedAt + 60, isWithdrawn: true }
  const theft = publisher.registry.announce(signed({ ...end, opening }, thief))
  await expect(theft).rejects.toThrow('announcement.signature')
  const own = { ...announcementOf(end, thief), jobId: job.announcement.jobId }
  const claimed = publisher.registry.announce(signAnnouncement(own, thief))
  await expect(claimed).rejects.toThrow('announcement.opening')
  expect(await provider.registry.query()).toContainEqual(job.announcement)
})

test('what is not renewed is gone from the relay when it expires', async () => {
  const { registry } = await open()
  const before = stage.relay.stats().announcements
  await registry.announce(signed({ expiresAt: seconds() + 2 }))
  expect(stage.relay.stats().announcements).toBe(before + 1)
  await expect.poll(() => stage.relay.stats().announcements, patient).toBeLessThanOrEqual(before)
})

test('a subscriber removes by its own clock what a relay keeps silent about', async () => {
  let now = Date.now() / 1000
  const { node, registry } = await open()
  const other = openRegistry(node, stage.signal, { now: () => now })
  const changes = watch(other)
  const job = signed()
  await registry.announce(job)
  await expect
    .poll(() => changes.map(({ kind, announcement }) => [kind, announcement.jobId]))
    .toContainEqual(['added', job.announcement.jobId])
  now += 200
  await expect
    .poll(() => changes.map(({ kind, announcement }) => [kind, announcement.jobId]), patient)
    .toContainEqual(['removed', job.announcement.jobId])
})

test('a relay that forges announcements is seen through', async () => {
  const rogue = await openServerNode(
    { key: makeKey(), relays: [], listen: { host: '127.0.0.1', port: 0 } },
    stage.signal,
  )
  const honest = signed()
  const forged = { ...signed(), announcement: announcementOf({ price: readWei('9', 'price') }) }
  const old = signed({ issuedAt: seconds() - 300, expiresAt: seconds() - 250 })
  await rogue.handle(REGISTRY_PROTOCOL, async (stream) => {
    for await (const { request } of stream.frames) {
      const body = [forged, honest, old].map(packAnnouncement)
      stream.send({ type: REGISTRY_FRAME.entries, request, body: [...body, 'nonsense'] })
      stream.send({ type: REGISTRY_FRAME.listed, request, body: null })
    }
  })
  const [address = ''] = rogue.addresses()
  const peer = await openServerNode({ key: makeKey(), relays: [] }, stage.signal)
  const node = {
    ...delegate(peer),
    relays: () => [{ peer: rogue.peerId, address, state: 'connected' as const, reason: '' }],
  }
  const troubles: string[] = []
  const registry = openRegistry(node, stage.signal, { onTrouble: ({ message }) => troubles.push(message) })
  expect(await registry.query()).toEqual([honest.announcement])
  expect(troubles).toHaveLength(3)
  expect(troubles[0]).toContain('announcement.signature')
  expect(troubles[1]).toContain('not valid now')
})

test('a registry without a relay says so', async () => {
  const node = await openServerNode({ key: makeKey(), relays: [] }, stage.signal)
  const registry = openRegistry({ ...delegate(node), relays: () => [] }, stage.signal, { connectMs: 200 })
  await expect(registry.query()).rejects.toThrow('none is configured')
  const dead = await openServerNode(
    {
      key: makeKey(),
      relays: ['/ip4/127.0.0.1/tcp/1/ws/p2p/16Uiu2HAm3hfx2AUipU1rQjm7bbuCaSwBXhpQxRVNq38kzZaLrbMV'],
    },
    stage.signal,
  )
  const lost = openRegistry(dead, stage.signal, { connectMs: 500 })
  await expect(lost.announce(signed())).rejects.toThrow(/127\.0\.0\.1\/tcp\/1\/ws.* \(.*ECONNREFUSED/)
})

test('after a restart of the relay publishers announce and subscribers hear again, without being asked', async () => {
  const relayKey = makeKey()
  const first = new AbortController()
  const before = await startRelay({ key: relayKey }, first.signal)
  const port = portOf(before.addresses[0])
  const [publisher, provider] = await Promise.all([open(before.addresses), open(before.addresses)])
  const changes = watch(provider.registry)
  const [job, later] = [signed(), signed()]
  await publisher.registry.announce(job)
  first.abort()
  await before.stopped
  const after = await startRelay({ key: relayKey, port }, stage.signal)
  await expect.poll(() => after.stats().announcements, patient).toBe(1)
  await expect.poll(() => after.stats().watchers, patient).toBe(1)
  await publisher.registry.announce(later)
  const jobs = () => changes.map(({ kind, announcement }) => [kind, announcement.jobId])
  await expect.poll(jobs, patient).toEqual([
    ['added', job.announcement.jobId],
    ['added', later.announcement.jobId],
  ])
})

test('a list of many pages is told whole', async () => {
  const budget = { framesPerSecond: 1_000, bytesPerSecond: 1e7, burstSeconds: 10 }
  const large = await startRelay({ key: makeKey(), limits: { maxPerPublisher: 300, budget } }, stage.signal)
  const [publisher, provider] = await Promise.all([open(large.addresses), open(large.addresses)])
  const addresses = Array.from({ length: 8 }, (_, i) => `/dns4/${'a'.repeat(280)}/tcp/${i}/ws`)
  for (let i = 0; i < 4; i += 1) {
    const some = Array.from({ length: 60 }, () => signed({ addresses }))
    await Promise.all(some.map((one) => publisher.registry.announce(one)))
  }
  expect(large.stats().announcements).toBe(240)
  expect(await provider.registry.query()).toHaveLength(240)
})
