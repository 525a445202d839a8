import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DEFAULT_SETTINGS } from '../settings.ts'
import type { Decision } from './decide.ts'
import { Governor } from './governor.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const cpu = { name: 'wasm 0', executor: 'wasm' } as const
const gpu = { name: 'wgsl 0', executor: 'wgsl' } as const
const { signal } = new AbortController()
const burst = (busyMs: number) => ({ jobId: 'a', units: 1, busyMs })

function setUp(rules = {}) {
  const decisions: Decision[] = []
  const governor = new Governor({ ...DEFAULT_SETTINGS, ...rules }, () => decisions.push(governor.decision))
  return { governor, decisions }
}

/** The milliseconds that a lane rests, by the clock of the test. */
async function restOf(governor: Governor, lane: typeof cpu | typeof gpu, busyMs: number): Promise<number> {
  const startedAt = performance.now()
  let endedAt = startedAt
  const rest = governor.rest(lane, burst(busyMs), signal).then(() => {
    endedAt = performance.now()
  })
  await vi.runAllTimersAsync()
  await rest
  return endedAt - startedAt
}

test('each lane rests in proportion to its work, the GPU longer than a worker', async () => {
  const { governor } = setUp()
  expect(await restOf(governor, cpu, 40)).toBe(40)
  expect(await restOf(governor, gpu, 40)).toBe(120)
  governor.learn({ isVisible: false })
  expect(await restOf(governor, gpu, 40)).toBe(40)
  governor.learn({ pressure: 'fair' })
  expect(await restOf(governor, cpu, 40)).toBe(120)
})

test('short rests are saved up until a timer can keep them, for each lane by itself', async () => {
  const { governor } = setUp()
  expect(await restOf(governor, cpu, 2)).toBe(0)
  expect(await restOf(governor, cpu, 2)).toBe(0)
  expect(await restOf(governor, gpu, 1)).toBe(0)
  expect(await restOf(governor, cpu, 2)).toBe(6)
})

test('at full duty there is no rest, and an abort ends one', async () => {
  const { governor } = setUp({ cpuDuty: 0.05 })
  await governor.rest(cpu, burst(60_000), AbortSignal.abort())
  governor.set({ ...DEFAULT_SETTINGS, cpuDuty: 1 })
  expect(await restOf(governor, cpu, 60_000)).toBe(0)
})

test('only what changes the decision is told', () => {
  const { governor, decisions } = setUp()
  governor.learn({ isCharging: true })
  expect(decisions).toEqual([])
  governor.learn({ isCharging: false })
  governor.learn({ isCharging: false })
  governor.override('battery')
  expect(decisions.map(({ paused }) => paused?.code)).toEqual(['battery', undefined])
})

test('after high pressure it begins again with half, and takes the rest back step by step', async () => {
  const { governor } = setUp()
  const end = new AbortController()
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const watching = governor.watch({ page }, end.signal)
  governor.learn({ pressure: 'critical' })
  governor.learn({ pressure: 'serious' })
  expect(governor.decision.paused?.code).toBe('pressure')
  governor.learn({ pressure: 'nominal' })
  expect(governor.decision).toMatchObject({ paused: undefined, cpuDuty: 0.25 })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(governor.decision.cpuDuty).toBeCloseTo(0.3)
  await vi.advanceTimersByTimeAsync(25_000)
  expect(governor.decision).toMatchObject({ cpuDuty: 0.5, limits: [] })
  end.abort()
  await watching
})

test('units that become slow halve what is used, and say so', async () => {
  const { governor } = setUp({ cpuDuty: 1 })
  const end = new AbortController()
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const watching = governor.watch({ page }, end.signal)
  for (const unitMs of [10, 30]) {
    for (let frame = 0; frame < 6; frame += 1) await governor.rest(cpu, burst(unitMs), signal)
    await vi.advanceTimersByTimeAsync(5_000)
  }
  expect(governor.decision.cpuDuty).toBe(0.5)
  expect(governor.decision.limits).toEqual([expect.stringContaining('Units take longer than usual')])
  end.abort()
  await watching
})

test('a page around the frame that stutters halves what is used at once, and keeps it low until a time without', async () => {
  const { governor } = setUp({ cpuDuty: 1 })
  const end = new AbortController()
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const watching = governor.watch({ page }, end.signal)
  governor.hostIsLate()
  expect(governor.decision).toMatchObject({
    cpuDuty: 0.5,
    limits: ['The page around this badge is busy: 50 % of your limits are used'],
  })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(governor.decision.cpuDuty).toBe(0.5)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(governor.decision.cpuDuty).toBeCloseTo(0.6)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(governor.decision.limits).toEqual([])
  end.abort()
  await watching
})
