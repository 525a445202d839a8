import { expect, test } from 'vitest'
import { Failure } from '../../protocol/failure.ts'
import type { Round } from '../executor.ts'
import { firstRound } from '../executor.ts'
import type { FromWorker } from '../message.ts'
import { parseToWorker } from '../message.ts'
import { testSource } from '../test-job.ts'
import { Pool } from './pool.ts'
import type { Cell, Kernel } from './task.ts'
import { WorkerLink } from './worker-link.ts'

const { signal } = new AbortController()

type Fails = { [unit: number]: 'hang' | 'lost' | 'gone' | 'gone once' }

/** A pool whose workers are threads of thought: ports that answer as workers do. `heard` is what each worker was told. */
function setUp(size: number, fails: Fails = {}, canRetry = true) {
  const heard: string[][] = []
  const ended = new Set<number>()
  const links: WorkerLink[] = []
  const spawn = async (): Promise<WorkerLink> => {
    const { port1, port2 } = new MessageChannel()
    const worker = heard.push([]) - 1
    port2.onmessage = ({ data }) => {
      const message = parseToWorker(data)
      const { kernel } = message
      const say = (answer: FromWorker): void => port2.postMessage(answer)
      if (message.kind === 'round') heard[worker]?.push(`round ${message.index} of ${kernel}`)
      if (message.kind === 'load') say({ kind: 'loaded', kernel })
      if (message.kind !== 'run') return
      for (const unit of message.units) {
        heard[worker]?.push(`${kernel}: ${unit}`)
        if (fails[unit] === 'lost') return say({ kind: 'lost', message: 'gone' })
        if (fails[unit] === 'hang') return
        if (fails[unit]?.startsWith('gone') === true) {
          if (fails[unit] === 'gone once') delete fails[unit]
          return links[worker]?.end(new Failure('unreachable', 'gone'))
        }
        const output = new Uint8Array(4)
        const report = { kind: 'done' as const, unit, output, elapsedMs: 1 }
        say({ kind: 'results', run: message.run, reports: [report] })
      }
    }
    const kill = (): void => {
      port2.close()
      ended.add(worker)
    }
    const link = new WorkerLink(port1, {
      place: { frame: 1, worker },
      kill,
      isThere: () => !ended.has(worker),
    })
    links.push(link)
    return link
  }
  const pool = new Pool(size, { spawn, explain: async (_, failure) => failure, canRetry, inFlight: 2 })
  return { pool, heard, ended }
}

let count = 0
function kernelOf(cell: Partial<Cell> & { name: string }, timeMs = 30_000): Kernel {
  const { manifest, executor, code, inputs } = testSource(new Uint8Array(8), {
    manifest: { limits: { timeMs } },
  })
  count += 1
  return {
    id: count,
    owner: cell.name,
    cell: { isPrivate: false, ...cell },
    name: `kernel ${count}`,
    parts: { executor, manifest, code, inputs },
    checkOutput: () => undefined,
  }
}

async function run(pool: Pool, kernel: Kernel, units: readonly number[], round: Round = firstRound) {
  const result = await pool.submit({ kernel, units, round, signal })
  if (result.kind === 'refused') return [result.failure.code]
  return result.runs.map((each) => (each.kind === 'done' ? each.unit : `${each.unit} ${each.failure.code}`))
}

test('kernels of two cells never share a worker, and neither waits for a new one when they take turns', async () => {
  const { pool, heard, ended } = setUp(1)
  const [a, b, c] = ['a', 'b', 'a'].map((name) => kernelOf({ name }))
  if (a === undefined || b === undefined || c === undefined) throw new Error('three kernels')
  for (let turn = 0; turn < 3; turn += 1)
    for (const kernel of [a, b, c]) expect(await run(pool, kernel, [turn])).toEqual([turn])
  const runs = (kernel: Kernel): string[] => [0, 1, 2].map((unit) => `${kernel.id}: ${unit}`)
  expect(heard.map((each) => each.toSorted())).toEqual([[...runs(a), ...runs(c)].toSorted(), runs(b)])
  expect(ended.size).toBe(0)
  expect(pool.show().map(({ cell, units, kernels }) => [cell, units, kernels])).toEqual([
    ['b', 3, [b.id]],
    ['a', 6, [a.id, c.id]],
  ])
})

test('of too many cells the one that was idle for the longest loses its worker', async () => {
  const { pool, heard, ended } = setUp(1)
  for (const name of ['a', 'b', 'c', 'd']) await run(pool, kernelOf({ name }), [1])
  expect(heard.length).toBe(4)
  expect([...ended]).toEqual([0])
  expect(pool.show().map(({ cell }) => cell)).toEqual(['b', 'c', 'd'])
})

test('as many tasks run at a time as asked for, whoever owns them; with none no worker is kept', async () => {
  const { pool, heard, ended } = setUp(2, { 9: 'hang' })
  const [a, b] = [kernelOf({ name: 'a' }), kernelOf({ name: 'b' })]
  const hanging = [run(pool, a, [9]), run(pool, b, [9])]
  const waiting = run(pool, b, [1])
  await expect.poll(() => heard.flat().length).toBe(2)
  pool.clear(b.cell)
  expect(await waiting).toEqual([1])
  pool.clear(a.cell)
  pool.resize(0)
  await Promise.all(hanging)
  await expect.poll(() => pool.show()).toEqual([])
  expect(ended.size).toBe(heard.length)
})

test('a round is told to a worker once, and again when it has changed', async () => {
  const { pool, heard } = setUp(1)
  const kernel = kernelOf({ name: 'a' })
  const second: Round = { index: 1, previous: Uint8Array.of(1, 2, 3).subarray(1) }
  await run(pool, kernel, [1])
  await run(pool, kernel, [2], second)
  await run(pool, kernel, [3], second)
  await run(pool, kernel, [4])
  const runs = [1, 2, 3, 4].map((unit) => `${kernel.id}: ${unit}`)
  const rounds = [1, 0].map((index) => `round ${index} of ${kernel.id}`)
  expect(heard).toEqual([[runs[0], rounds[0], runs[1], runs[2], rounds[1], runs[3]]])
})

test('after a worker was lost its units are tried one by one, and the one at fault is failed', async () => {
  const { pool, heard } = setUp(1, { 2: 'lost' })
  expect(await run(pool, kernelOf({ name: 'a' }), [1, 2, 3])).toEqual([1, '2 device-lost', 3])
  expect(heard.length).toBe(3)
})

test('where units are not tried again, those that had not begun are not blamed for the time that one took', async () => {
  const { pool } = setUp(1, { 2: 'hang' }, false)
  expect(await run(pool, kernelOf({ name: 'a' }, 10), [1, 2, 3, 4])).toEqual([
    1,
    '2 timeout',
    '3 timeout',
    '4 device-lost',
  ])
})

test('units whose frame is gone run in a new one, whoever may not be tried again', async () => {
  for (const canRetry of [true, false]) {
    const { pool, heard } = setUp(1, { 2: 'gone once' }, canRetry)
    expect(await run(pool, kernelOf({ name: 'a' }), [1, 2, 3])).toEqual([1, 2, 3])
    expect(heard.length).toBe(2)
  }
})

test('frames that go away again and again are given up', async () => {
  const { pool, heard } = setUp(1, { 2: 'gone' })
  expect(await run(pool, kernelOf({ name: 'a' }), [2, 3])).toEqual(['2 unreachable', '3 unreachable'])
  expect(heard.length).toBe(4)
})

test('a task that is withdrawn before its turn is cancelled, and the others go on', async () => {
  const { pool } = setUp(0)
  const stop = new AbortController()
  const kernel = kernelOf({ name: 'a' })
  const waiting = pool.submit({ kernel, units: [1], round: firstRound, signal: stop.signal })
  const other = run(pool, kernel, [2])
  stop.abort()
  expect(await waiting).toMatchObject({ runs: [{ failure: expect.any(Failure) }] })
  pool.resize(1)
  expect(await other).toEqual([2])
})
