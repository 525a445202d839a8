import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Bell } from '../p2p/bell.ts'
import { accountOf, makeKey } from '../protocol/account.ts'
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

test('jobs take turns on a lane', async () => {
  const { scene, lane, ports, end } = setUp()
  const other = new TestWork()
  const order: string[] = []
  for (const [name, each] of [
    ['one', scene],
    ['two', other],
  ] as const) {
    each.work.want(3)
    for (const unit of [0, 1, 2]) each.lease([unit])
    each.kernel.runUnit = (unit) => {
      order.push(name)
      return { kind: 'done', unit, output: testOutput(unit), elapsedMs: 1 }
    }
  }
  const done = provide(lane, { ...ports, works: () => [scene.work, other.work] }, end.signal)
  await vi.advanceTimersByTimeAsync(10)
  expect(order).toEqual(['one', 'two', 'one', 'two', 'one', 'two'])
  end.abort()
  await done
})

test('a job of long leases leaves the others their turns in the middle of its lease', async () => {
  const { scene, lane, ports, end } = setUp()
  const other = new TestWork()
  const order: string[] = []
  const note = (name: string, each: TestWork): void => {
    each.kernel.runUnit = (unit) => {
      order.push(name)
      return { kind: 'done', unit, output: testOutput(unit), elapsedMs: 1 }
    }
  }
  note('long', scene)
  note('short', other)
  scene.kernel.slice = 1
  scene.work.want(1)
  other.work.want(3)
  scene.lease([0, 1, 2, 3, 4, 5])
  for (const unit of [0, 1, 2]) other.lease([unit])
  const done = provide(lane, { ...ports, works: () => [scene.work, other.work] }, end.signal)
  await vi.advanceTimersByTimeAsync(10)
  expect(order.slice(0, 6)).toEqual(['long', 'short', 'long', 'short', 'long', 'short'])
  expect(order).toHaveLength(9)
  end.abort()
  await done
})
