import { expect, test } from 'vitest'
import { fractalJob } from '../../kernels/fractal/sample.ts'
import { ZERO_ADDRESS } from '../../protocol/address.ts'
import type { Digest } from '../../protocol/bytes.ts'
import { digestOfCid } from '../../protocol/cid.ts'
import type { FailureCode } from '../../protocol/failure.ts'
import { Failure } from '../../protocol/failure.ts'
import { unitCount } from '../../protocol/manifest/manifest.ts'
import type { Trial } from '../../worker/admission/route.ts'
import type { Executor, KernelSource, LoadedKernel } from '../../worker/executor.ts'
import type { ChoiceParts } from './choose-executor.ts'
import { loadKernel } from './choose-executor.ts'

const { manifest, blobs } = fractalJob(0, { priceWei: '1' })
const bytes = new Map<Digest, Uint8Array>([...blobs].map(([cid, content]) => [digestOfCid(cid), content]))
const absent = (): never => {
  throw new Error('all blobs are in the cache')
}

/** A browser whose executors take so long for a unit; `broken` ones do not load. */
class TestBrowser {
  readonly units: string[] = []
  readonly closed: Executor[] = []
  readonly trials = new Map<string, Trial>()
  broken: Executor | undefined
  code: FailureCode = 'compile'
  sources: KernelSource[] = []
  readonly #ms: Record<Executor, number>

  constructor(ms: Record<Executor, number>) {
    this.#ms = ms
  }

  async choose(executor: 'auto' | Executor = 'auto'): Promise<Executor> {
    return (await loadKernel({ manifest, owner: ZERO_ADDRESS }, this.#parts(executor))).executor
  }

  #parts(executor: 'auto' | Executor): ChoiceParts {
    const gpu = { vendor: 'test', architecture: '', isFallbackAdapter: true }
    return {
      sandbox: {
        report: { mode: 'data worker', gpu } as ChoiceParts['sandbox']['report'],
        load: async (source) => this.#load(source),
      },
      admission: {
        profile: async () => undefined,
        trialOf: (twins) => this.trials.get(twins),
        remember: (twins, trial) => void this.trials.set(twins, trial),
      },
      settings: { executor, cpuWorkers: 1 },
      from: {
        source: { peer: '', list: absent, get: absent, abort: absent },
        cache: { get: async (digest) => bytes.get(digest), put: absent },
        signal: new AbortController().signal,
      },
    }
  }

  #load(source: KernelSource): LoadedKernel {
    const { executor } = source
    this.sources.push(source)
    if (executor === this.broken) throw new Failure(this.code, 'it does not load here')
    const run: LoadedKernel['run'] = async (units) => {
      this.units.push(...units.map((unit) => `${executor} ${unit}`))
      const done = { kind: 'done', output: new Uint8Array(4), elapsedMs: this.#ms[executor] } as const
      return units.map((unit) => ({ ...done, unit }))
    }
    return { executor, run, runSome: run, close: () => void this.closed.push(executor) }
  }
}

test('twins are tried once, with units from all over the job; the next job of the same programs runs on what won', async () => {
  const browser = new TestBrowser({ wasm: 50, wgsl: 10 })
  expect(await browser.choose()).toBe('wgsl')
  const total = unitCount(manifest)
  const [first, middle, last] = [1, 3, 5].map((sixths) => Math.floor((sixths * total) / 6))
  expect(browser.units).toEqual([
    ...[`wasm ${first}`, `wgsl ${first}`],
    ...[`wasm ${middle}`, `wasm ${last}`, `wgsl ${middle}`, `wgsl ${last}`],
  ])
  expect(browser.closed).toEqual(['wasm'])
  browser.units.length = 0
  browser.sources.length = 0
  expect(await browser.choose()).toBe('wgsl')
  expect(browser.units).toEqual([])
  expect(browser.sources.map(({ executor }) => executor)).toEqual(['wgsl'])
})

test('a winner that does not load any more leaves its twin', async () => {
  const browser = new TestBrowser({ wasm: 50, wgsl: 10 })
  await browser.choose()
  browser.broken = 'wgsl'
  expect(await browser.choose()).toBe('wasm')
})

test('a twin that does not load is not tried', async () => {
  const browser = new TestBrowser({ wasm: 50, wgsl: 10 })
  browser.broken = 'wgsl'
  expect(await browser.choose()).toBe('wasm')
  expect(browser.units).toEqual([])
  expect(browser.trials.size).toBe(0)
})

test('a visitor who skips the job while the second twin loads leaves no kernel behind', async () => {
  const browser = new TestBrowser({ wasm: 50, wgsl: 10 })
  Object.assign(browser, { broken: 'wgsl', code: 'cancelled' })
  await expect(browser.choose()).rejects.toThrow('it does not load here')
  expect(browser.closed).toEqual(['wasm'])
})

test('the sandbox gets the one program that it runs', async () => {
  const browser = new TestBrowser({ wasm: 50, wgsl: 10 })
  expect(await browser.choose('wgsl')).toBe('wgsl')
  expect(browser.sources.map((source) => source.manifest.programs.map(({ kind }) => kind))).toEqual([
    ['wgsl'],
  ])
})
