import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Bell } from '../p2p/bell.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
import { testOpening } from '../protocol/escrow/test-opening.ts'
import { Turns } from '../worker/pool/turns.ts'
import { Governor } from './governor/governor.ts'
import { TestWork, testOutput } from './job/test-work.ts'
import type { Lane, LanePorts } from './provide.ts'
import { provide } from './provide.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const key = makeKey()

function setUp(duty = 1) {
  const scene = new TestWork()
  const lane: Lane = { name: 'wasm 0', index: 0, executor: 'wasm', bell: new Bell() }
  const state = { isAllowed: true, refills: 0 }
  const ports: LanePorts = {
    works: () => [scene.work],
    turns: { wasm: new Turns(), wgsl: new Turns() },
    isAllowed: () => state.isAllowed,
    refill: () => {
      state.refills += 1
    },
    governor: new Governor({ ...DEFAULT_SETTINGS, cpuDuty: duty }, () => undefined),
    identity: () => ({ key, payee: accountOf(key) }),
  }
  const end = new AbortController()
  return { scene, lane, state, ports, end }
}

/** Makes every unit take so long, by the clock of the test. */
function take(scene: TestWork, ms: number): void {
  scene.kernel.runUnit = (unit) => {
    vi.advanceTimersByTime(ms)
    return { kind: 'done', unit, output: testOutput(unit), elapsedMs: ms }
  }
}

test('at half duty a lane rests as long as it was busy', async () => {
  const { scene, lane, ports, end } = setUp(0.5)
  take(scene, 100)
  scene.work.want(3)
  for (const unit of [0, 1, 2]) scene.lease([unit], 600_000)
  const done = provide(lane, ports, end.signal)
  await vi.advanceTimersByTimeAsync(0)
  expect(scene.heard('result')).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(95)
  expect(scene.heard('result')).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(10)
  expect(scene.heard('result')).toHaveLength(2)
  end.abort()
  await vi.runAllTimersAsync()
  await done
})

test('a lane that is not allowed leaves leases alone and does not spin', async () => {
  const { scene, lane, state, ports, end } = setUp()
  state.isAllowed = false
  scene.work.want(1)
  scene.lease([0])
  const done = provide(lane, ports, end.signal)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(scene.heard('result')).toEqual([])
  expect(state.refills).toBeLessThan(13)
  state.isAllowed = true
  lane.bell.ring()
  await vi.advanceTimersByTimeAsync(0)
  expect(scene.heard('result')).toHaveLength(1)
  end.abort()
  await done
})

/** Jobs of publishers, by the letter of each: `aab` are two of one and one of another. `order` tells whose units ran. */
function jobsOf(publishers: string, units: readonly number[]) {
  const order: string[] = []
  const jobs = [...publishers].map((letter, place) => {
    const publisher = accountOf(keys[letter] ?? key)
    const scene = new TestWork({ jobId: `0x${`${place}`.repeat(64)}`, opening: testOpening({ publisher }) })
    scene.work.want(units.length)
    scene.kernel.runUnit = (unit) => {
      order.push(`${letter}${place}`)
      return { kind: 'done', unit, output: testOutput(unit), elapsedMs: 1 }
    }
    return scene
  })
  return { jobs, order, works: () => jobs.map(({ work }) => work) }
}
const keys: Record<string, typeof key> = { a: makeKey(), b: makeKey() }

test('publishers take turns on a lane, and the jobs of each: ten jobs bring no more turns than one', async () => {
  const { lane, ports, end } = setUp()
  const units = [0, 1, 2]
  const { jobs, order, works } = jobsOf('aaab', units)
  for (const each of jobs) for (const unit of units) each.lease([unit])
  const done = provide(lane, { ...ports, works }, end.signal)
  await vi.advanceTimersByTimeAsync(10)
  expect(order.slice(0, 6)).toEqual(['a0', 'b3', 'a1', 'b3', 'a2', 'b3'])
  expect(order.slice(6)).toEqual(['a0', 'a1', 'a2', 'a0', 'a1', 'a2'])
  end.abort()
  await done
})

test('a job of long leases leaves the others their turns in the middle of its lease', async () => {
  const { lane, ports, end } = setUp()
  const { jobs, order, works } = jobsOf('ab', [0, 1, 2])
  const [long, short] = jobs
  if (long === undefined || short === undefined) throw new Error('two jobs')
  long.kernel.slice = 1
  long.lease([0, 1, 2, 3, 4, 5])
  for (const unit of [0, 1, 2]) short.lease([unit])
  const done = provide(lane, { ...ports, works }, end.signal)
  await vi.advanceTimersByTimeAsync(10)
  expect(order).toEqual(['a0', 'b1', 'a0', 'b1', 'a0', 'b1', 'a0', 'a0', 'a0'])
  end.abort()
  await done
})

test('lanes share the turns: while a publisher holds one for long, the others are another one’s', async () => {
  const { lane, ports, end } = setUp()
  const { jobs, order, works } = jobsOf('aab', [0, 1, 2])
  for (const each of jobs) for (const unit of [0, 1, 2]) each.lease([unit])
  const [held] = jobs
  if (held === undefined) throw new Error('three jobs')
  let release = (): void => undefined
  held.kernel.gate = new Promise((resolve) => {
    release = resolve
  })
  const shared = { ...ports, works }
  const lanes = [lane, { ...lane, name: 'wasm 1', index: 1, bell: new Bell() }]
  const done = lanes.map((each) => provide(each, shared, end.signal))
  await vi.advanceTimersByTimeAsync(10)
  expect(order.slice(0, 3)).toEqual(['b2', 'b2', 'b2'])
  end.abort()
  release()
  await Promise.all(done)
})
