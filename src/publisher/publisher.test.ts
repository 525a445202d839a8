import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { balanceOf, chainIdentity, openChain } from '../chain/chain.ts'
import { jobIdOf } from '../chain/escrow.ts'
import { readJob } from '../chain/read-escrow.ts'
import { startTestChain } from '../chain/test-chain.ts'
import { sampleJob } from '../kernels/sample.ts'
import type { PeerNode, StreamHandler } from '../p2p/peer-node.ts'
import type { PrivateKey } from '../protocol/account.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import type { Address } from '../protocol/address.ts'
import type { Announcement } from '../protocol/announcement.ts'
import type { Hex } from '../protocol/bytes.ts'
import { digestOf } from '../protocol/digest.ts'
import { Failure } from '../protocol/failure.ts'
import { toWei } from '../protocol/wei.ts'
import { packHello } from '../protocol/work/hello.ts'
import { signResults } from '../protocol/work/result.ts'
import { openMemoryStore } from '../store/memory-store.ts'
import { openNodeStore } from '../store/node-store.ts'
import type { Store } from '../store/store.ts'
import { loadInNode } from '../worker/node-kernel.ts'
import { TestStream } from './coordinate/test-stream.ts'
import { jobChain } from './job-chain.ts'
import { jobJournal, packJobRecord, readJobRecords } from './job-record.ts'
import type { PublisherParts } from './publisher.ts'
import { openPublisher } from './publisher.ts'
import type { PublishedJob } from './state.ts'

const { chain, rpcUrl, publisher, settler, stop } = await startTestChain()
const name = await chainIdentity(chain)
const folder = await mkdtemp(join(tmpdir(), 'weft-publisher-'))

afterAll(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})

/** Everything of a publisher but its network, which the test plays. */
class Stage {
  readonly store: Store
  readonly announced: Announcement[] = []
  readonly #handlers = new Map<string, StreamHandler>()
  readonly #end = new AbortController()

  constructor(store: Store) {
    this.store = store
  }

  open() {
    return openPublisher(this.parts, this.#end.signal)
  }

  /** A power cut: everything in memory is gone. */
  cut(): void {
    this.#end.abort()
  }

  get parts(): PublisherParts {
    const node: PeerNode = {
      account: accountOf(publisher),
      peerId: 'peer of the publisher',
      addresses: () => ['/ip4/127.0.0.1/tcp/1/ws'],
      dial: () => Promise.reject(new Failure('unreachable', 'not in this test')),
      handle: async (protocol, onStream) => void this.#handlers.set(protocol, onStream),
      path: () => undefined,
      onPeers: () => undefined,
      relays: () => [],
      onRelays: () => undefined,
      stopped: Promise.resolve(),
    }
    return {
      node,
      registry: {
        announce: async ({ announcement }) => void this.announced.push(announcement),
        query: async () => [],
        subscribe: () => undefined,
      },
      chain: name,
      escrow: chain.escrow,
      money: chain,
      store: this.store,
      keys: { publisher, settler },
      nowMs: Date.now,
      load: loadInNode,
      statementMs: 100,
      epochMs: 2_000,
    }
  }

  /** A provider that answers every lease at once; `outputOf` is what it says a unit gives. */
  connect(jobId: Hex, outputOf: (unit: number) => Uint8Array, key: PrivateKey = makeKey()): Guest {
    const account = accountOf(key)
    const stream = new TestStream(account)
    const guest: Guest = { account, stream, units: [], promised: 0n, limit: Number.POSITIVE_INFINITY }
    stream.onSent = (message) => {
      if (message.kind === 'statement') guest.promised = message.leaf.earned
      if (message.kind !== 'lease' || guest.units.length >= guest.limit) return
      const outputs = message.units.map(outputOf)
      const results = { jobId, payee: account, units: message.units, digests: outputs.map(digestOf) }
      guest.units.push(...message.units)
      queueMicrotask(() => {
        const signed = { ...results, account, signature: signResults(results, key) }
        stream.arrive({
          kind: 'result',
          lease: message.lease,
          results: signed,
          outputs,
          failed: [],
          elapsedMs: 1,
        })
        stream.arrive({ kind: 'want', jobId, executor: 'wasm', frames: 1 })
      })
    }
    void this.#handlers.get('/weft/work/1')?.(stream)
    const hello = {
      payee: account,
      ask: toWei(0n),
      executors: ['wasm'] as const,
      cpuWorkers: 1,
      chains: [name],
    }
    stream.arrive({ kind: 'hello', body: packHello(hello, key) })
    stream.arrive({ kind: 'follow', jobId })
    stream.arrive({ kind: 'want', jobId, executor: 'wasm', frames: 1 })
    return guest
  }
}

type Guest = { account: Address; stream: TestStream; units: number[]; promised: bigint; limit: number }

/** What the square kernel gives: the squares of sixteen numbers. */
function squares(unit: number): Uint8Array {
  const words = Uint32Array.from({ length: 16 }, (_, word) => Math.imul(unit * 16 + word, unit * 16 + word))
  return new Uint8Array(words.buffer)
}

const draft = (units: number, priceWei = '1000') => sampleJob('square', 0, { priceWei, units })

/** A wire to the chain that is cut when a transaction has gone over it, before its answer comes back. */
async function tap(target: string) {
  const wire = { url: '', isCut: false, close: () => void server.close() }
  let isSent = false
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const answer = wire.isCut ? undefined : await fetch(target, { method: 'POST', body, headers: JSON_TYPE })
    if (!isSent && body.includes('eth_sendRawTransaction')) {
      isSent = true
      wire.isCut = true
    }
    if (answer === undefined || wire.isCut) response.destroy()
    else response.writeHead(200, JSON_TYPE).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  wire.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return wire
}

const JSON_TYPE = { 'content-type': 'application/json' }

async function until(done: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1_500; tries += 1) {
    if (done()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`it did not come to this in 15 s: ${what}`)
}

async function expectSettled(job: PublishedJob): Promise<void> {
  expect(job).toMatchObject({ phase: 'closed', why: '' })
  expect(job.claimed).toBe(job.promised)
  expect(job.refunded + job.claimed).toBe(job.budget)
  expect(job.bondReturned).toBe(job.bond)
  const onChain = await readJob(chain, job.jobId)
  expect(onChain).toMatchObject({ state: 'closed', committed: job.claimed })
}

test.concurrent('a job goes from its opening to its end: results, all paid to the wei, closed with refund and bond', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const before = await balanceOf(chain, accountOf(publisher))
  const jobId = await engine.publish(draft(60))
  expect((await readJob(chain, jobId))?.state).toBe('open')
  const honest = [1, 2].map(() => stage.connect(jobId, squares))
  const cheat = stage.connect(jobId, (unit) => squares(unit + 1))
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)

  expect(job.counts).toMatchObject({ paid: 60 })
  for (const guest of honest) {
    const earned = await balanceOf(chain, guest.account)
    expect(earned).toBe(BigInt(guest.units.length) * 1000n)
    expect(guest.promised).toBe(earned)
  }
  expect(await balanceOf(chain, cheat.account)).toBe(0n)
  expect(job.rejected).toBe(cheat.units.length)
  expect(job.payments.reduce((sum, { amount }) => sum + amount, 0n)).toBe(job.claimed)
  expect(stage.announced[0]).toMatchObject({ jobId, isWithdrawn: false, price: 1000n })
  expect(stage.announced.at(-1)).toMatchObject({ jobId, isWithdrawn: true })
  expect(before - (await balanceOf(chain, accountOf(publisher)))).toBeLessThan(10n ** 17n)

  const result = await engine.result(jobId)
  expect(result.digest).toBe(job.digest)
  expect(result.bytes.subarray(64 * 59)).toEqual(squares(59))
  stage.cut()
}, 40_000)

test.concurrent('a publisher that is cut off in the middle finishes the job after a restart, and repeats nothing', async () => {
  const home = join(folder, 'cut')
  const first = new AbortController()
  const stage = new Stage(await openNodeStore(home, first.signal))
  const engine = await stage.open()
  const jobId = await engine.publish(draft(50))
  const keys = [makeKey(), makeKey()]
  const [one, two] = keys.map((key) => stage.connect(jobId, squares, key))
  if (one === undefined || two === undefined) throw new Error('no providers')
  two.limit = 20
  await until(() => engine.show().jobs[0]?.counts.accepted === 20 || two.units.length >= 20, '20 units')
  await until(() => one.promised > 0n, 'a promise')
  stage.cut()
  await engine.stopped
  first.abort()
  const verified = engine.show().jobs[0]?.units ?? new Uint8Array()

  const second = new AbortController()
  const again = new Stage(await openNodeStore(home, second.signal))
  const resumed = await again.open()
  await until(() => resumed.show().jobs[0]?.phase === 'running', 'the job goes on')
  const later = keys.map((key) => again.connect(jobId, squares, key))
  await resumed.over(jobId)
  const [job] = resumed.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  for (const guest of later) for (const unit of guest.units) expect(verified[unit] ?? 0).toBeLessThan(3)
  for (const [n, guest] of later.entries()) {
    const units = new Set([...(n === 0 ? one : two).units, ...guest.units])
    expect(await balanceOf(chain, guest.account)).toBe(BigInt(units.size) * 1000n)
  }
  again.cut()
  await resumed.stopped
  second.abort()
}, 40_000)

test.concurrent('a lone provider is helped by the publisher, which runs the kernel itself', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(draft(5))
  const guest = stage.connect(jobId, squares)
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  expect(job.executions.own).toBe(5)
  expect(await balanceOf(chain, guest.account)).toBe(5_000n)
  stage.cut()
}, 40_000)

test.concurrent('a cancelled job pays what is verified and gives the rest back', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const jobId = await engine.publish(draft(40))
  const guests = [1, 2].map(() => stage.connect(jobId, squares))
  for (const guest of guests) guest.limit = 3
  await until(() => (engine.show().jobs[0]?.counts.accepted ?? 0) >= 3, 'three units')
  for (const guest of guests) guest.stream.hangUp()
  await engine.cancel(jobId)
  await engine.over(jobId)
  const [job] = engine.show().jobs
  if (job === undefined) throw new Error('no job')
  await expectSettled(job)
  expect(job.claimed).toBeGreaterThan(0n)
  await expect(engine.cancel(jobId)).rejects.toThrow('over already')
  await engine.forget(jobId)
  expect(engine.show().jobs).toEqual([])
  expect(await stage.store.journals('')).toEqual([])
  stage.cut()
}, 40_000)

test('a draft that the account cannot pay for opens nothing and leaves nothing behind', async () => {
  const stage = new Stage(openMemoryStore())
  const engine = await stage.open()
  const dear = draft(10, (10n ** 19n).toString())
  await expect(engine.publish(dear)).rejects.toThrow(/The job needs 330 coins and some for gas/)
  expect(await stage.store.journals('')).toEqual([])
  stage.cut()
})

test('an opening that was sent just before a crash is found open, not sent again', async () => {
  const stage = new Stage(openMemoryStore())
  const { manifest } = draft(2)
  const salt: Hex = `0x${'ab'.repeat(32)}`
  const job = {
    jobId: await jobIdOf(chain, accountOf(publisher), salt),
    salt,
    publisher: accountOf(publisher),
    manifest,
    price: toWei(1000n),
    budget: toWei(6_000n),
    bond: toWei(600n),
    openedAt: 1,
  }
  await stage.store.journal(jobJournal(job.jobId)).append(packJobRecord({ kind: 'opening', job }))
  const money = jobChain(chain, { publisher, settler }, name.chainId)
  // Both find no job and send: the second is refused by the contract, and yet the job is open.
  await Promise.all([1, 2].map(() => money.open(job, new Uint8Array())))
  const engine = await stage.open()
  await until(() => engine.show().jobs[0]?.phase === 'running', 'the job runs')
  stage.cut()
})

test.concurrent('when the chain falls silent in the opening the job waits and goes on, and money is not spent twice', async () => {
  const stage = new Stage(openMemoryStore())
  const wire = await tap(rpcUrl)
  const end = new AbortController()
  const money = openChain({ rpcUrl: wire.url, pollMs: 20 })
  const engine = await openPublisher({ ...stage.parts, money }, end.signal)
  const jobId = await engine.publish(draft(2))
  expect(wire.isCut).toBe(true)
  expect(engine.show().jobs[0]?.phase).toBe('opening')
  await until(() => engine.show().jobs[0]?.why !== '', 'the reason is shown')
  expect(engine.show().jobs[0]?.why).toContain('does not answer')
  wire.isCut = false
  await until(() => engine.show().jobs[0]?.phase === 'running', 'the job runs')
  wire.close()
  expect((await readJob(chain, jobId))?.budget).toBe(6_000n)
  end.abort()
}, 30_000)

test('a journal that cannot be read fails its job and no other', async () => {
  const store = openMemoryStore()
  const stage = new Stage(store)
  const engine = await stage.open()
  const good = await engine.publish(draft(2))
  const bad = await engine.publish(draft(2))
  stage.cut()
  await engine.stopped
  await store.journal(jobJournal(bad)).append(new Uint8Array([1, 2, 3]))
  const again = new Stage(store)
  const resumed = await again.open()
  const phases = new Map(resumed.show().jobs.map((job) => [job.jobId, job]))
  expect(phases.get(bad)).toMatchObject({ phase: 'failed' })
  expect(phases.get(bad)?.why).toContain(`Journal job/${bad} cannot be read`)
  await until(
    () => resumed.show().jobs.some((job) => job.jobId === good && job.phase === 'running'),
    'the other',
  )
  again.cut()
})

test.concurrent('a job that is over stays over after a restart, with its result', async () => {
  const store = openMemoryStore()
  const stage = new Stage(store)
  const engine = await stage.open()
  const jobId = await engine.publish(draft(3))
  for (const key of [makeKey(), makeKey()]) stage.connect(jobId, squares, key)
  await engine.over(jobId)
  const before = engine.show().jobs[0]
  stage.cut()
  const resumed = await new Stage(store).open()
  const after = resumed.show().jobs[0]
  expect(after).toMatchObject({ phase: 'closed', digest: before?.digest, claimed: before?.claimed })
  expect(after?.counts).toEqual(before?.counts)
  expect((await resumed.result(jobId)).digest).toBe(before?.digest)
  const kinds: string[] = []
  for await (const { kind } of readJobRecords(store.journal(jobJournal(jobId)))) kinds.push(kind)
  expect(kinds[0]).toBe('opening')
  expect(kinds.at(-1)).toBe('closed')
}, 40_000)
