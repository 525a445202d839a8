import { expect, test } from 'vitest'
import { Failure } from '../protocol/failure.ts'
import { benchmark } from './benchmark.ts'
import type { Executor, LoadedKernel, UnitRun } from './executor.ts'

function kernel(executor: Executor, run: (unit: number) => UnitRun): LoadedKernel & { asked: number[] } {
  const asked: number[] = []
  return {
    executor,
    asked,
    async run(units) {
      asked.push(...units)
      return units.map(run)
    },
    close: () => undefined,
  }
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
