import { randomBytes } from 'node:crypto'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { createLibp2p } from 'libp2p'
import { baseConfig } from '../src/p2p/node/libp2p-config.ts'
import type { Registry } from '../src/p2p/registry/registry.ts'
import { openRegistry } from '../src/p2p/registry/registry.ts'
import { openServerNode } from '../src/p2p/server-node.ts'
import { accountOf, makeKey } from '../src/protocol/account.ts'
import type { Announcement } from '../src/protocol/announcement.ts'
import { signAnnouncement } from '../src/protocol/announcement.ts'
import { jobIdOf } from '../src/protocol/escrow/opening.ts'
import { reason } from '../src/protocol/failure.ts'
import { encodeFrame } from '../src/protocol/frame.ts'
import { signStatement } from '../src/protocol/statement/statement.ts'
import { buildTree, proofOf, rootOf } from '../src/protocol/statement/sum-tree.ts'
import { toWei } from '../src/protocol/wei.ts'
import type { WorkMessage } from '../src/protocol/work/message.ts'
import { squareDraft } from './support/network/job.ts'
import type { NodePublisher } from './support/network/node-publisher.ts'
import { startPublisher } from './support/network/node-publisher.ts'
import type { Oddity } from './support/network/odd-publisher.ts'
import { startOddPublisher } from './support/network/odd-publisher.ts'
import type { NetworkProcess } from './support/network/process.ts'
import { startNetwork } from './support/network/process.ts'
import type { Visitor } from './support/network/visitor.ts'
import { begin, makeVisitor, PATIENCE, readCount, setField } from './support/network/visitor.ts'

// A visitor at work for an honest publisher, while others on the same network lie and talk nonsense.
test.describe.configure({ timeout: 180_000 })

const HONEST = { name: 'Honest squares', units: 100_000, spin: 5_000_000, priceWei: '1000000000' }
const lifetime = new AbortController()
const stranger = makeKey()
let network: NetworkProcess
let honest: NodePublisher
let registry: Registry
let visitor: Visitor

test.beforeAll(async ({ browser }) => {
  network = await startNetwork({ hasSamples: false })
  honest = await startPublisher(network)
  await honest.engine.publish(squareDraft(HONEST))
  const node = await openServerNode({ key: stranger, relays: network.network.relays }, lifetime.signal)
  registry = openRegistry(node, lifetime.signal)
  visitor = await makeVisitor(browser)
  await begin(visitor.page, network.url)
  await setField(visitor.page, 'throttle', '100')
})
test.afterAll(async () => {
  await visitor?.context.close()
  lifetime.abort()
  await honest?.stop()
  await network?.stop()
})

test('an announcement of a job that is on no chain is shown as refused, and honest work goes on', async () => {
  const real = await honestAnnouncement()
  const opening = { ...real.opening, publisher: accountOf(stranger) }
  const jobId = jobIdOf(opening, domain())
  const lie = { ...real, jobId, opening, name: 'A job that is not' }
  await registry.announce(signAnnouncement(lie, stranger))
  const row = rowOf(visitor.page, 'A job that is not')
  await expect(row).toHaveAttribute('data-kind', 'refused', PATIENCE)
  await expect(row).toContainText('the escrow holds no such job')
  await expectWork(visitor.page)
})

test('an announcement with a signature of somebody else is refused by the relay', async () => {
  const real = await honestAnnouncement()
  const forged = signAnnouncement(
    { ...real, price: toWei(9_999_999_999n), issuedAt: real.issuedAt + 1 },
    stranger,
  )
  await expect(registry.announce(forged)).rejects.toThrow(/signature/)
  await expectWork(visitor.page)
})

test('whoever claims the job of another is refused by the relay, and visitors work on that job', async () => {
  const publisher = accountOf(stranger)
  const refusals: string[] = []
  const odd = await startOddPublisher(network, {
    async beforeAnnounce({ announcement }) {
      const opening = { ...announcement.opening, publisher }
      const theft = signAnnouncement({ ...announcement, opening, name: 'A stolen job' }, stranger)
      await registry.announce(theft).catch((error: unknown) => refusals.push(reason(error)))
    },
  })
  await odd.engine.publish(squareDraft({ ...HONEST, name: 'A claimed job' }))
  await expect.poll(() => refusals[0], PATIENCE).toMatch(/announcement\.opening: expected the opening of job/)
  await expect(rowOf(visitor.page, 'A claimed job')).toHaveAttribute('data-kind', 'working', PATIENCE)
  await odd.stop()
})

const lies: readonly (readonly [string, RegExp, Oddity['say']])[] = [
  [
    'are signed by the wrong key',
    /statement\.signature: it is signed by/,
    (message) =>
      message.kind === 'statement'
        ? { ...message, signed: signStatement(message.signed.statement, domain(), stranger) }
        : message,
  ],
  [
    'promise more than the escrow holds',
    /statement\.total: .* the escrow still covers/,
    (message, settler) => (message.kind === 'statement' ? inflate(message, settler) : message),
  ],
]
for (const [what, why, say] of lies) {
  test(`a publisher whose statements ${what} is worked for no more, and the page says why`, async () => {
    const odd = await startOddPublisher(network, say === undefined ? {} : { say })
    const name = `Lies that ${what.slice(0, 20)}`
    await odd.engine.publish(squareDraft({ ...HONEST, name }))
    const row = rowOf(visitor.page, name)
    await expect(row).toHaveAttribute('data-kind', 'refused', PATIENCE)
    await expect(row).toContainText(why)
    await expectWork(visitor.page)
    await odd.stop()
  })
}

test('garbage sent to the publisher and to the relay ends that stream and nothing else', async () => {
  const { page } = visitor
  const { addresses } = await honestAnnouncement()
  const [publisherAt = ''] = addresses.filter((address) => !address.includes('p2p-circuit'))
  const [relayAt = ''] = network.network.relays
  const raw = await createLibp2p({
    ...baseConfig(makeKey(), { maxConnections: 10 }),
    transports: [webSockets()],
  })
  const garbage = [
    randomBytes(4_096),
    encodeFrame({ type: 99, request: 1, body: ['nonsense'] }),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 1]),
    Buffer.from([0, 0, 0, 9, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
  ]
  for (const [address, protocol] of [
    [publisherAt, '/weft/work/1'],
    [publisherAt, '/weft/blocks/1'],
    [relayAt, '/weft/registry/1'],
  ] as const) {
    for (const bytes of garbage) {
      const stream = await raw.dialProtocol(multiaddr(address), protocol)
      const ended = new Promise((resolve) => stream.addEventListener('close', resolve))
      stream.send(bytes)
      await ended
    }
  }
  await raw.stop()
  await expectWork(page)
  await expect(page.getByTestId('relay')).toHaveAttribute('data-kind', 'connected')
  expect(honest.engine.show().jobs[0]?.providers).toHaveLength(1)
  const newcomer = await makeVisitor(visitor.context.browser() ?? fail('there is no browser'))
  await begin(newcomer.page, network.url)
  await expectWork(newcomer.page)
  await newcomer.context.close()
})

function domain() {
  return { chainId: network.network.chainId, escrow: network.network.escrow }
}

/** The same statement with more in it than the job has, well signed. */
function inflate(message: Extract<WorkMessage, { kind: 'statement' }>, settler: Uint8Array): WorkMessage {
  const amount = toWei(10n ** 18n)
  const leaf = { ...message.leaf, index: 0, amount, earned: amount }
  const tree = buildTree([leaf])
  const statement = { ...message.signed.statement, ...rootOf(tree), depth: tree.depth }
  return { ...message, signed: signStatement(statement, domain(), settler), leaf, proof: proofOf(tree, 0) }
}

async function honestAnnouncement(): Promise<Announcement> {
  const found = (await registry.query()).find(({ name }) => name === HONEST.name)
  return found ?? fail('the honest job is not announced')
}

function rowOf(page: Page, name: string): Locator {
  return page.getByTestId('job-row').filter({ has: page.getByRole('heading', { name }) })
}

/** Honest work goes on: results are accepted that were not before. */
async function expectWork(page: Page): Promise<void> {
  await expect(rowOf(page, HONEST.name)).toHaveAttribute('data-kind', 'working', PATIENCE)
  const before = await readCount(page, 'accepted')
  await expect.poll(() => readCount(page, 'accepted'), PATIENCE).toBeGreaterThan(before)
}

function fail(what: string): never {
  throw new Error(what)
}
