import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { UnitRun } from '../executor.ts'
import { SLICE_MS } from '../executor.ts'
import type { Port, ToWorker } from '../message.ts'
import { testSource } from '../test-job.ts'
import { Pool } from './pool.ts'
import type { Kernel } from './task.ts'
import { runsOf } from './task.ts'
import { WorkerLink } from './worker-link.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const LIMIT_MS = 300
type Run = ToWorker & { kind: 'run' }
type Say = (message: unknown) => void

/** A pool of one lane. Its workers do what `act` says with each run they are told, and load nothing while `isStuck`; `fallen` counts those that were ended. */
function setUp(act: (run: Run, say: Say) => unknown, { canRetry = true, inFlight = 1 } = {}) {
  const state = { fallen: 0, isStuck: false, say: (() => undefined) as Say }
  const spawn = async (): Promise<WorkerLink> => {
    let isOpen = true
    const say: Say = (data) => isOpen && port.onmessage?.(new MessageEvent('message', { data }))
    const port: Port = {
      onmessage: null,
      postMessage(message) {
        const told = message as ToWorker
        if (told.kind === 'load' && !state.isStuck)
          queueMicrotask(() => say({ kind: 'loaded', kernel: told.kernel }))
        if (told.kind === 'run') queueMicrotask(() => act(told, say))
      },
      close: () => {
        isOpen = false
      },
    }
    state.say = say
    const kill = (): void => {
      state.fallen += 1
    }
    return new WorkerLink(port, { place: { frame: 0, worker: 0 }, kill, isThere: () => true })
  }
  const pool = new Pool(1, { spawn, explain: async (_, failure) => failure, canRetry, inFlight })
  const kernel = (name: string, limitMs = LIMIT_MS) => {
    const source = testSource(new Uint8Array(8), { manifest: { limits: { timeMs: limitMs } } })
    count += 1
    const { signal } = new AbortController()
    const known: Kernel = {
      id: count,
      owner: name,
      cell: { name, isPrivate: false },
      name,
      parts: source,
      checkOutput: () => undefined,
    }
    return runsOf((task) => pool.submit({ ...task, kernel: known, signal }))
  }
  return { state, kernel }
}
let count = 0

const done = (unit: number) => ({ kind: 'done', unit, output: new Uint8Array(4), elapsedMs: 1 })
const results = ({ run }: Run, units: readonly number[]) => ({
  kind: 'results',
  run,
  reports: units.map(done),
})
const show = (runs: readonly UnitRun[]): string[] =>
  runs.map((run) => (run.kind === 'done' ? `${run.unit}` : `${run.unit} ${run.failure.code}`))

/** Lets the clock run until something is there, and says how long that was. */
async function after<T>(work: Promise<T>): Promise<{ value: T; elapsedMs: number }> {
  const startedAt = Date.now()
  let isThere = false
  const ended = work.finally(() => {
    isThere = true
  })
  while (!isThere) await vi.advanceTimersByTimeAsync(10)
  return { value: await ended, elapsedMs: Date.now() - startedAt }
}

test('what a worker says while nobody waits for it ends the worker, and nothing of it is kept', async () => {
  const { state, kernel } = setUp((run, say) => say(results(run, run.units)))
  const known = kernel('a')
  expect(show(await known.run([1, 2]))).toEqual(['1', '2'])
  state.say(results({ kind: 'run', run: 1, kernel: 1, units: [3], isCareful: false }, [3]))
  expect(state.fallen).toBe(1)
  expect(show(await known.run([3]))).toEqual(['3'])
})

test('results of no unit are malformed, and so is a pause before any unit', async () => {
  for (const says of [
    { kind: 'results', reports: [] },
    { kind: 'paused', units: 0 },
  ]) {
    const { state, kernel } = setUp(({ run }, say) => say({ ...says, run }))
    expect(show(await kernel('a').run([1]))).toEqual(['1 malformed'])
    expect(state.fallen).toBe(1)
  }
})

test('a message that reports a unit twice is taken for none', async () => {
  const { kernel } = setUp((run, say) => say(results(run, [7, 7])))
  expect(show(await kernel('a').run([7]))).toEqual(['7 malformed'])
})

test('a worker that keeps talking does not hold its lane beyond a turn and the time of its unit', async () => {
  const { state, kernel } = setUp(({ run }, say) => {
    const timer = setInterval(() => {
      say({ kind: 'paused', run, units: 1 })
    }, 100)
    setTimeout(() => clearInterval(timer), 60_000)
  })
  const { value, elapsedMs } = await after(kernel('a').run([7]))
  expect(show(value)).toEqual(['7 timeout'])
  expect(elapsedMs).toBeLessThan(SLICE_MS + LIMIT_MS + 5_000)
  expect(state.fallen).toBe(1)
})

test('nor does one that gives a result now and then, however many units its task has', async () => {
  let given = 0
  const { kernel } = setUp((run, say) => {
    const units = [...run.units]
    const timer = setInterval(() => {
      const next = units.shift()
      if (next === undefined) return clearInterval(timer)
      given += 1
      say(results(run, [next]))
    }, 2_000)
  })
  const units = Array.from({ length: 50 }, (_, unit) => unit)
  const { value, elapsedMs } = await after(kernel('a').runSome(units))
  expect(given).toBeGreaterThan(0)
  expect(value.length).toBeLessThan(6)
  expect(elapsedMs).toBeLessThan(2 * (SLICE_MS + LIMIT_MS + 5_000))
})

test('a task pauses for others, takes its turn again behind them, and has all its units in the end', async () => {
  const order: string[] = []
  const { kernel } = setUp((run, say) => {
    order.push(`${run.kernel}: ${run.units.join(' ')}`)
    const turn = run.units.slice(0, 2)
    if (turn.length < run.units.length) say({ kind: 'paused', run: run.run, units: turn.length })
    // What is large comes by another way, after what was said later.
    setTimeout(() => say(results(run, turn)), 10)
  })
  const [long, short] = [kernel('a'), kernel('b')]
  const first = count - 1
  const runs = Promise.all([long.run([5, 4, 3, 2, 1]), short.run([9, 8]), short.run([7])])
  const { value } = await after(runs)
  expect(value.map(show)).toEqual([['5', '4', '3', '2', '1'], ['9', '8'], ['7']])
  expect(order).toEqual([
    `${first}: 5 4 3 2 1`,
    `${count}: 9 8`,
    `${first}: 3 2 1`,
    `${count}: 7`,
    `${first}: 1`,
  ])
})

test('a publisher with ten jobs has as many turns of a lane as one with one, and its jobs share them', async () => {
  const order: string[] = []
  const { kernel } = setUp((run, say) => {
    order.push(names.get(run.kernel) ?? '')
    const [unit = 0] = run.units
    if (run.units.length > 1) say({ kind: 'paused', run: run.run, units: 1 })
    setTimeout(() => say(results(run, [unit])), 10)
  })
  const names = new Map<number, string>()
  const make = (owner: string, job: number) => {
    const made = kernel(owner)
    names.set(count, `${owner}${job}`)
    return made
  }
  const many = Array.from({ length: 10 }, (_, job) => make('a', job))
  const one = make('b', 0)
  await after(Promise.all([...many, one].map((each) => each.run([1, 2, 3, 4, 5]))))
  expect(order).toHaveLength(55)
  expect(order.slice(0, 10)).toEqual(['a0', 'b0', 'a1', 'b0', 'a2', 'b0', 'a3', 'b0', 'a4', 'b0'])
  expect(order.slice(10, 15)).toEqual(['a5', 'a6', 'a7', 'a8', 'a9'])
})

test('a task of units that hang is left after one of them when others wait', async () => {
  const { kernel } = setUp((run, say) => {
    if (run.units[0] === 9) say(results(run, [9]))
  })
  const order: string[] = []
  const [hanging, other] = [kernel('a'), kernel('b')]
  const runs = Promise.all([
    hanging.run([1, 2, 3]).then((all) => order.push(...show(all))),
    other.run([9]).then((all) => order.push(...show(all))),
  ])
  const { elapsedMs } = await after(runs)
  expect(order).toEqual(['9', '1 timeout', '2 timeout', '3 timeout'])
  expect(elapsedMs).toBeLessThan(6 * (LIMIT_MS + 3_000))
})

test('a kernel that is not loaded within a minute is refused once for all its units, and the next one is loaded by a new worker', async () => {
  const { state, kernel } = setUp((run, say) => say(results(run, run.units)))
  const [slow, other] = [kernel('a'), kernel('a')]
  state.isStuck = true
  const { value, elapsedMs } = await after(slow.run([1, 2, 3]))
  expect(show(value)).toEqual(['1 refused', '2 refused', '3 refused'])
  expect(value[0]).toMatchObject({ failure: { message: 'The kernel was not loaded within 60 s' } })
  expect(elapsedMs).toBeLessThan(61_000)
  expect(state.fallen).toBe(1)
  state.isStuck = false
  expect(show(await other.run([4]))).toEqual(['4'])
})

test('of a GPU worker that fails only the units in flight are blamed, and what was done beside a lost one counts', async () => {
  const gpu = { canRetry: false, inFlight: 2 }
  const fallen = setUp(({ run }, say) => say({ kind: 'results', run, reports: [done(9)] }), gpu)
  const { value } = await after(fallen.kernel('a').run([1, 2, 3]))
  expect(show(value)).toEqual(['1 malformed', '2 malformed', '3 device-lost'])

  const lost = (unit: number) => ({ kind: 'failed', unit, code: 'device-lost', message: 'the GPU is gone' })
  const half = setUp(({ run }, say) => say({ kind: 'results', run, reports: [lost(1), done(2)] }), gpu)
  expect(show((await after(half.kernel('b').run([1, 2, 3]))).value)).toEqual([
    '1 device-lost',
    '2',
    '3 device-lost',
  ])
})
