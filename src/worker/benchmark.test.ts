import { expect, test } from 'vitest'
import { Failure } from '../protocol/failure.ts'
import { benchmark } from './benchmark.ts'
import type { Executor, LoadedKernel, UnitRun } from './executor.ts'

function kernel(executor: Executor, run: (unit: number) => UnitRun): LoadedKernel & { asked: number[] } {
  const asked: number[] = []
  const runAll: LoadedKernel['run'] = async (units) => {
    asked.push(...units)
    return units.map(run)
  }
  return { executor, asked, run: runAll, runSome: runAll, close: () => undefined }
}

const done =
  (elapsedMs: number, byte = 7) =>
  (unit: number): UnitRun => ({ kind: 'done', unit, output: Uint8Array.of(byte), elapsedMs })
const broken = (unit: number): UnitRun => ({
  kind: 'failed',
  unit,
  failure: new Failure('device-lost', 'gone'),
})
const trial = (wasm: LoadedKernel, wgsl: LoadedKernel, cpuWorkers = 1) => ({
  wasm,
  wgsl,
  units: [0, 1, 2],
  cpuWorkers,
})

test('the twin that brings more units wins, all CPU workers counted', async () => {
  const [wasm, wgsl] = [kernel('wasm', done(100)), kernel('wgsl', done(40))]
  expect(await benchmark(trial(wasm, wgsl))).toMatchObject({ choice: 'wgsl', wasmMs: 100, wgslMs: 40 })
  expect(await benchmark(trial(wasm, wgsl, 4))).toMatchObject({ choice: 'wasm' })
})

test('a GPU that is hopeless with the first unit is not asked for more', async () => {
  const wgsl = kernel('wgsl', done(2000))
  expect(await benchmark(trial(kernel('wasm', done(100)), wgsl))).toMatchObject({
    choice: 'wasm',
    wgslMs: 2000,
  })
  expect(wgsl.asked).toEqual([0])
})

test('a GPU that fails, now or later, leaves WASM and says why', async () => {
  const wasm = kernel('wasm', done(100))
  const now = await benchmark(trial(wasm, kernel('wgsl', broken)))
  expect(now).toEqual({ choice: 'wasm', cause: 'WGSL does not run here: gone' })
  const later = kernel('wgsl', (unit) => (unit === 2 ? broken(unit) : done(1)(unit)))
  expect(await benchmark(trial(wasm, later))).toMatchObject({
    choice: 'wasm',
    cause: 'WGSL does not run here: gone',
  })
})

test('twins whose bytes differ leave WASM', async () => {
  const other = await benchmark(trial(kernel('wasm', done(100)), kernel('wgsl', done(1, 8))))
  expect(other).toEqual({ choice: 'wasm', cause: 'WGSL gives other bytes than WASM for unit 0' })
})

test('a clear favourite that wins with its first unit is not tried at length; one that loses is', async () => {
  const quick = kernel('wasm', done(20))
  const clear = { favourite: 'wasm', isClear: true } as const
  const won = await benchmark({ ...trial(quick, kernel('wgsl', done(80))), ...clear })
  expect(won).toMatchObject({ choice: 'wasm', factor: 4 })
  expect(quick.asked).toEqual([0])
  const slow = kernel('wasm', done(80))
  expect(await benchmark({ ...trial(slow, kernel('wgsl', done(20))), ...clear })).toMatchObject({
    choice: 'wgsl',
  })
  expect(slow.asked).toEqual([0, 1, 2])
})

test('units too short to tell are tried at length even with a clear favourite', async () => {
  const wasm = kernel('wasm', done(0.5))
  await benchmark({ ...trial(wasm, kernel('wgsl', done(2))), favourite: 'wasm', isClear: true })
  expect(wasm.asked).toEqual([0, 1, 2])
})

test('a twin that does not end its first unit in time is given up', async () => {
  const run: LoadedKernel['run'] = (units, signal) =>
    new Promise((resolve) => signal?.addEventListener('abort', () => resolve(units.map(broken))))
  const endless: LoadedKernel = { executor: 'wgsl', run, runSome: run, close: () => undefined }
  const found = await benchmark(trial(kernel('wasm', done(1)), endless))
  expect(found).toMatchObject({
    choice: 'wasm',
    factor: 10,
    cause: 'The wgsl twin did not end a unit in 2000 ms',
  })
})
