import { expect, test } from 'vitest'
import { sampleJob } from '../../kernels/sample.ts'
import type { SandboxReport } from '../../worker/sandbox.ts'
import { GpuSight } from './gpu-sight.ts'
import { TestKernel, TestWork } from './test-work.ts'

const gpu = { vendor: 'v', architecture: 'a', isFallbackAdapter: false }

function setUp() {
  const sandbox: { report: SandboxReport } = { report: { mode: 'data worker', gpu } }
  const { work } = new TestWork()
  return { sandbox, work, sight: new GpuSight(sandbox) }
}

const gpuTrouble = { why: 'lost', isFinal: false }

test('jobs are chosen for anew once when the GPU goes, and once when it is back', () => {
  const { sandbox, sight } = setUp()
  expect(sight.change()).toBeUndefined()
  sandbox.report = { mode: 'data worker', gpuTrouble }
  expect(sight.change()).toBeDefined()
  expect(sight.change()).toBeUndefined()
  sandbox.report = { mode: 'data worker', gpu }
  expect(sight.change()).toBeDefined()
  expect(sight.change()).toBeUndefined()
})

test('a job without a WGSL program is left alone', () => {
  const { sandbox, sight, work } = setUp()
  sandbox.report = { mode: 'data worker', gpuTrouble }
  expect(work.manifest?.programs.map(({ kind }) => kind)).toEqual(['wasm'])
  expect(sight.change()?.(work)).toBe(false)
})

test('a job with twins leaves the GPU that is gone, stays on WASM meanwhile, and is chosen for anew when it is back', () => {
  const { sandbox, sight, work } = setUp()
  work.manifest = sampleJob('fractal', 0, { priceWei: '10' }).manifest
  const on = (executor: 'wasm' | 'wgsl'): void => {
    const kernel = new TestKernel()
    const run = (units: readonly number[]): ReturnType<TestKernel['run']> => kernel.run(units)
    work.begin({ executor, run, runSome: run, close: () => kernel.close() })
  }
  sandbox.report = { mode: 'data worker', gpuTrouble }
  const gone = sight.change()
  on('wgsl')
  expect(gone?.(work)).toBe(true)
  on('wasm')
  expect(gone?.(work)).toBe(false)
  sandbox.report = { mode: 'data worker', gpu }
  expect(sight.change()?.(work)).toBe(true)
})
