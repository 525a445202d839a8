import { expect, test } from 'vitest'
import { TestStream } from '../../p2p/stream/test-stream.ts'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { Address } from '../../protocol/address.ts'
import type { Hex } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { toWei } from '../../protocol/wei.ts'
import { packHello } from '../../protocol/work/hello.ts'
import type { WorkMessage } from '../../protocol/work/message.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Journal } from '../../store/store.ts'
import { Coordinator } from './coordinator.ts'
import { News } from './news.ts'
import { serveProvider } from './serve-provider.ts'
import { TestProvider, testJob, testOutput } from './test-provider.ts'

const chain = { chainId: 31337, genesis: `0x${'1'.repeat(64)}` as Hex }
const publisher = accountOf(makeKey())

function setUp({ ask = 0n, journal }: { ask?: bigint; journal?: Journal } = {}) {
  const job = testJob(4, { publisher })
  const coordinator: Coordinator = new Coordinator(job, {
    journal: journal ?? openMemoryStore().journal('job'),
    nowMs: () => 0,
    report: (event) => news.take(event),
  })
  const news = new News(coordinator)
  const one = new TestProvider({ jobId: job.jobId })
  const stream = new TestStream(one.account)
  const asked: Address[] = []
  const served = serveProvider(stream, {
    chain,
    coordinators: () => new Map([[job.jobId, coordinator]]),
    promisedTo(payee) {
      asked.push(payee)
      return []
    },
    onSeat: () => undefined,
    follow: (seat) => news.follow(seat),
    nowMs: () => 0,
  })
  const hello = {
    payee: one.account,
    ask: toWei(ask),
    executors: ['wasm'] as const,
    cpuWorkers: 1,
    chains: [chain],
  }
  const greet = (chains = [chain]): void =>
    stream.arrive({ kind: 'hello', body: packHello({ ...hello, chains }, one.key) })
  const heard = async (kind: WorkMessage['kind']): Promise<WorkMessage> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const found = stream.sent.find((message) => message.kind === kind)
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error(`no ${kind} came, but ${stream.sent.map((message) => message.kind).join()}`)
  }
  return { job, coordinator, news, one, stream, served, asked, greet, heard }
}

test('a provider is welcomed, leased to, believed and told what is accepted', async () => {
  const { job, coordinator, one, stream, served, asked, greet, heard } = setUp()
  greet()
  stream.arrive({ kind: 'want', jobId: job.jobId, executor: 'wasm', frames: 1 })
  const lease = await heard('lease')
  if (lease.kind !== 'lease') throw new Error('no lease')
  expect(asked).toEqual([one.account])
  stream.arrive(one.answer(lease))
  const two = new TestProvider({ jobId: job.jobId })
  await two.work(coordinator)
  stream.arrive({ kind: 'follow', jobId: job.jobId })
  expect(await heard('accepted')).toMatchObject({ jobId: job.jobId, units: lease.units, own: 0 })
  stream.hangUp()
  await served
  expect(stream.isClosed).toBe(true)
  expect([...coordinator.seats]).toEqual([two.seat])
})

test.each<[string, (scene: ReturnType<typeof setUp>) => void, string]>([
  [
    'a message before the hello',
    ({ stream, job }) => stream.arrive({ kind: 'follow', jobId: job.jobId }),
    'The first message must be a hello, not "follow"',
  ],
  [
    'a provider on another chain',
    ({ greet }) => greet([{ ...chain, chainId: 1 }]),
    'hello.chains: this publisher pays on chain 31337',
  ],
  [
    'a hello signed by somebody else',
    ({ stream }) => {
      const hello = { payee: publisher, ask: toWei(0n), executors: [], cpuWorkers: 1, chains: [chain] }
      stream.arrive({ kind: 'hello', body: packHello(hello, makeKey()) })
    },
    'hello.signature: expected a signature of the peer itself',
  ],
  [
    'a garbage frame',
    ({ greet, stream }) => {
      greet()
      stream.arrive({ type: 4, request: 0, body: { jobId: 'what' } })
    },
    'want',
  ],
  [
    'an unknown frame type',
    ({ greet, stream }) => {
      greet()
      stream.arrive({ type: 99, request: 0, body: null })
    },
    'frame type 99 is not known',
  ],
  [
    'a message that only a publisher sends',
    ({ greet, stream, job }) => {
      greet()
      stream.arrive({ kind: 'idle', jobId: job.jobId, executor: 'wasm', why: 'done' })
    },
    'A provider does not send "idle"',
  ],
])('%s ends the stream with its reason', async (_, act, why) => {
  const scene = setUp()
  act(scene)
  await scene.served
  expect(scene.stream.sent.at(-1)).toMatchObject({ kind: 'refusal', jobId: undefined })
  expect(scene.stream.cause?.message).toContain(why)
  expect(scene.coordinator.seats.size).toBe(0)
})

test('a garbage frame of one provider gives its units to another, who is not disturbed', async () => {
  const { job, coordinator, one, stream, served, greet, heard } = setUp()
  greet()
  for (let n = 0; n < 4; n += 1)
    stream.arrive({ kind: 'want', jobId: job.jobId, executor: 'wasm', frames: 1 })
  await heard('lease')
  stream.arrive({ type: 7, request: 0, body: [1, 2, 3] })
  await served
  const [two, three] = [new TestProvider({ jobId: job.jobId }), new TestProvider({ jobId: job.jobId })]
  for (const each of [two, three]) await each.work(coordinator)
  expect(coordinator.isEnd).toBe(true)
  expect(coordinator.ledger.earned.has(one.account)).toBe(false)
})

test('a provider that asks for more than the price is told so, and stays', async () => {
  const { job, stream, served, greet, heard } = setUp({ ask: 11n })
  greet()
  stream.arrive({ kind: 'want', jobId: job.jobId, executor: 'wasm', frames: 1 })
  expect(await heard('refusal')).toMatchObject({
    jobId: job.jobId,
    why: 'The price of 10 wei is below your ask of 11 wei',
  })
  stream.arrive({ kind: 'goodbye', why: 'leaving' })
  await served
  expect(stream.cause).toBeUndefined()
})

test('a job that is not open here is named', async () => {
  const { stream, served, greet, heard } = setUp()
  greet()
  stream.arrive({ kind: 'follow', jobId: `0x${'f'.repeat(64)}` })
  expect(await heard('refusal')).toMatchObject({ why: `Job 0x${'f'.repeat(64)} is not open here` })
  stream.hangUp()
  await served
})

test('a result that cannot be kept ends the stream and says why', async () => {
  const journal: Journal = {
    append: () => Promise.reject(new Failure('storage', 'no space is left')),
    read: () => openMemoryStore().journal('job').read(),
  }
  const { job, one, stream, served, greet, heard } = setUp({ journal })
  greet()
  stream.arrive({ kind: 'want', jobId: job.jobId, executor: 'wasm', frames: 1 })
  const lease = await heard('lease')
  if (lease.kind === 'lease') stream.arrive(one.answer(lease))
  await served
  expect(stream.cause?.message).toBe('The publisher could not keep a result: no space is left')
})

test('what was accepted before a provider follows is told once, what comes later is told to all who follow', async () => {
  const { job, coordinator, news, one } = setUp()
  const [two, three] = [new TestProvider({ jobId: job.jobId }), new TestProvider({ jobId: job.jobId })]
  const end = new AbortController()
  const running = news.run(end.signal)
  for (const each of [one, two]) {
    coordinator.want(each.seat, 'wasm', 1)
    await coordinator.result(each.seat, each.answer())
  }
  coordinator.seats.add(three.seat)
  news.follow(three.seat)
  news.follow(one.seat)
  for (const each of [one, two]) await each.work(coordinator)
  await new Promise((resolve) => setTimeout(resolve, 120))
  end.abort()
  await running
  for (const each of [one, three])
    expect(
      each
        .heard('accepted')
        .flatMap(({ units }) => units)
        .sort(),
    ).toEqual([0, 1, 2, 3])
  expect(two.heard('accepted')).toEqual([])
  expect(testOutput(1)).toHaveLength(64)
})
