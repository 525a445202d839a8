import { expect, test } from 'vitest'
import { accountOf, makeKey } from '../../protocol/account.ts'
import type { FailureCode } from '../../protocol/failure.ts'
import { Failure } from '../../protocol/failure.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { LoadedKernel, UnitRun } from '../../worker/executor.ts'
import { Coordinator } from './coordinator.ts'
import { opine, standDown } from './opine.ts'
import { TestProvider, testJob, testOutput } from './test-provider.ts'

const key = makeKey()

function setUp(units: number, runUnit?: (unit: number) => Uint8Array | FailureCode) {
  const job = testJob(units, { publisher: accountOf(key) })
  const clock = { nowMs: 10_000 }
  const coordinator = new Coordinator(job, {
    journal: openMemoryStore().journal('job'),
    nowMs: () => clock.nowMs,
    report: () => undefined,
  })
  const provider = (): TestProvider => new TestProvider({ jobId: job.jobId, nowMs: clock.nowMs })
  const ran: number[] = []
  const state = { isClosed: false }
  const run = (unit: number): UnitRun => {
    ran.push(unit)
    const output = runUnit?.(unit) ?? testOutput(unit)
    return typeof output === 'string'
      ? { kind: 'failed', unit, failure: new Failure(output, `Unit ${unit}: ${output}`) }
      : { kind: 'done', unit, output: new Uint8Array(output), elapsedMs: 1 }
  }
  const runAll: LoadedKernel['run'] = async (asked) => asked.map(run)
  const kernel: LoadedKernel = {
    executor: 'wasm',
    run: runAll,
    runSome: runAll,
    close: () => {
      state.isClosed = true
    },
  }
  /** Gives opinions for some turns, each of which takes `ms`. */
  const opineFor = async (turns: number, ms = 1_600): Promise<void> => {
    const end = new AbortController()
    const turn = async (): Promise<void> => {
      clock.nowMs += ms
      turns -= 1
      if (turns <= 0) end.abort()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const ports = { load: async () => kernel, nowMs: () => clock.nowMs, turn, key }
    await opine(coordinator, ports, end.signal)
  }
  return { coordinator, provider, opineFor, ran, state }
}

test('a lone provider gets every unit confirmed by the publisher, unpaid, and the kernel is closed at the end', async () => {
  const { coordinator, provider, opineFor, state } = setUp(12)
  const one = provider()
  await one.work(coordinator)
  expect(coordinator.board.counts.accepted).toBe(0)
  await opineFor(12)
  expect(coordinator.isEnd).toBe(true)
  expect([...coordinator.ledger.earned]).toEqual([[one.account, 120n]])
  expect(coordinator.executions).toEqual({ wgsl: 0, wasm: 12, own: 12 })
  expect(state.isClosed).toBe(true)
})

test('the publisher never looks at a unit that a present provider can still take', async () => {
  const { coordinator, provider, opineFor, ran } = setUp(3)
  const [one, two] = [provider(), provider()]
  await one.work(coordinator)
  coordinator.seats.add(two.seat)
  await opineFor(5)
  expect(ran).toEqual([])
  await opineFor(25)
  expect(coordinator.isEnd).toBe(true)
})

test('a unit that nobody has tried is left to providers', async () => {
  const { opineFor, ran } = setUp(3)
  await opineFor(30)
  expect(ran).toEqual([])
})

test('the publisher decides between a cheater and nobody: the cheater alone earns nothing', async () => {
  const { coordinator, provider, opineFor } = setUp(1)
  const one = provider()
  await one.work(coordinator, () => new Uint8Array(64).fill(1))
  await opineFor(3)
  expect(coordinator.ledger).toMatchObject({ paid: 0, rejected: 1 })
  expect(one.heard('rejected')[0]?.evidence).toHaveLength(2)
})

test('a unit that traps for the lone provider and here too is disputed, so that the job comes to its end', async () => {
  const { coordinator, provider, opineFor } = setUp(1, () => 'trap')
  const one = provider()
  coordinator.want(one.seat, 'wasm', 1)
  const failed = [{ unit: 0, code: 'trap' as const, message: 'unreachable' }]
  await coordinator.result(one.seat, { ...one.answer({ ...one.lease, units: [] }), failed })
  await opineFor(3)
  expect(coordinator.board.counts.disputed).toBe(1)
  expect(coordinator.failures.trouble).toBe('Unit 0 fails: trap on 1 provider and this publisher: trap')
  expect(coordinator.isEnd).toBe(true)
})

test('when all who are there have left a job whose units fail, the publisher looks at them and ends it', async () => {
  const { coordinator, provider, opineFor, ran } = setUp(100, () => 'trap')
  coordinator.failures.isReferee = true
  const [one, two, unable] = [provider(), provider(), provider()]
  for (const { seat } of [two, unable]) coordinator.seats.add(seat)
  coordinator.unfit(unable.seat, { executor: 'wasm', code: 'memory', message: 'too much' })
  await one.failAt(coordinator, 5)
  await opineFor(3)
  expect(ran).toEqual([]) // the other may still try
  await two.failAt(coordinator, 5)
  await opineFor(8)
  expect(ran.toSorted()).toEqual([0, 1, 2, 3, 4])
  expect(coordinator.isEnd).toBe(true)
  expect(coordinator.failures.trouble).toMatch(
    /^Stopped: all 5 units that were tried failed, .* trap on 2 providers and this publisher: trap$/,
  )
})

test('a job whose units only liars fail at goes on: the publisher has run them', async () => {
  const { coordinator, provider, opineFor } = setUp(100)
  coordinator.failures.isReferee = true
  for (const liar of [provider(), provider(), provider()]) await liar.failAt(coordinator, 5)
  await opineFor(8)
  expect(coordinator.isCancelled).toBe(false)
  expect(coordinator.executions.own).toBeGreaterThan(0)
})

/** Providers that run nothing and say that the one unit traps. */
async function lie({ coordinator, provider }: ReturnType<typeof setUp>, count: number): Promise<void> {
  coordinator.failures.isReferee = true
  for (let liar = 0; liar < count; liar += 1) {
    const { seat, lease, answer } = leaseTo(coordinator, provider())
    const failed = [{ unit: 0, code: 'trap' as const, message: 'unreachable' }]
    await coordinator.result(seat, { ...answer({ ...lease, units: [] }), failed })
  }
}

function leaseTo(coordinator: Coordinator, one: TestProvider) {
  coordinator.want(one.seat, 'wasm', 1)
  return { seat: one.seat, lease: one.lease, answer: one.answer.bind(one) }
}

test('a unit that only liars fail at is run by the publisher, and who has run it is paid', async () => {
  const scene = setUp(1)
  const honest = leaseTo(scene.coordinator, scene.provider())
  await lie(scene, 4)
  expect(scene.coordinator.board.counts.disputed).toBe(0)
  await scene.coordinator.result(honest.seat, honest.answer(honest.lease))
  await scene.opineFor(2, 1)
  expect(scene.ran).toEqual([0])
  expect(scene.coordinator.ledger).toMatchObject({ paid: 1, rejected: 0 })
  expect(scene.coordinator.failures.suspects.size).toBe(0)
})

test('a publisher that cannot check after all gives up what nobody has run', async () => {
  const scene = setUp(1)
  await lie(scene, 3)
  expect(scene.coordinator.board.counts.disputed).toBe(0)
  await standDown(scene.coordinator)
  expect(scene.coordinator.board.counts.disputed).toBe(1)
  expect(scene.coordinator.failures.trouble).toContain('trap on 3 of 3 providers')
})

test('a unit that fails only for want of time here is tried once and left to others', async () => {
  const { coordinator, provider, opineFor, ran } = setUp(2, (unit) =>
    unit === 0 ? 'timeout' : testOutput(1),
  )
  const one = provider()
  await one.work(coordinator)
  await opineFor(20)
  expect(ran).toEqual([0, 1])
  expect(coordinator.board.state(0)).toBe('returned')
  expect(coordinator.board.state(1)).toBe('accepted')
  expect(coordinator.failures.trouble).toBe(
    'Unit 0 fails: timeout on this publisher: timeout. It waits for another provider',
  )
})

test('a cancelled job gets no opinions', async () => {
  const { coordinator, provider, opineFor, ran } = setUp(1)
  await provider().work(coordinator)
  await coordinator.cancel()
  await opineFor(5)
  expect(ran).toEqual([])
})
