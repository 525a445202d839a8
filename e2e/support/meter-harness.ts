import type { SampleJob } from '../../src/kernels/job.ts'
import { sampleJob } from '../../src/kernels/sample.ts'
import { standardJobs } from '../../src/kernels/standard/standard.ts'
import { digestOf } from '../../src/protocol/digest.ts'
import type { KernelSource, LoadedKernel } from '../../src/worker/executor.ts'
import { MEMORY_BYTES } from '../../src/worker/meter/random/random-code.ts'
import { chooseFrom, randomModule, writeModule } from '../../src/worker/meter/random/random-module.ts'
import type { Sandbox } from '../../src/worker/sandbox.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'
import { testSource } from '../../src/worker/test-job.ts'

const RANDOM = 20
const FUEL = 20_000

/** Kernels to count in more than one engine, by name: the samples, the standard set, and random modules. */
export function meteredSources(): ReadonlyMap<string, KernelSource> {
  const options = { priceWei: '1' }
  const jobs: [string, SampleJob][] = [
    ...(['bunny', 'fractal', 'square'] as const).map((name): [string, SampleJob] => [
      `the ${name} sample`,
      sampleJob(name, 0, options),
    ]),
    ...(['hash', 'map', 'matmul-integer', 'monte-carlo', 'reduce', 'scan', 'sort'] as const).map(
      (name): [string, SampleJob] => [`${name} of the standard set`, standardJobs[name](1, options)],
    ),
  ]
  return new Map([
    ...jobs.map(([name, job]) => [name, sourceOf(job)] as const),
    ...Array.from({ length: RANDOM }, (_, seed) => [`random module ${seed}`, randomSource(seed)] as const),
  ])
}

function sourceOf({ manifest, blobs }: SampleJob): KernelSource {
  const program = manifest.programs.find(({ kind }) => kind === 'wasm')
  const code = program && blobs.get(program.code.cid)
  if (code === undefined) throw new Error('the job has no WASM program')
  const inputs = new Map(manifest.inputs.map(({ name, cid }) => [name, blobs.get(cid) ?? new Uint8Array(0)]))
  return { ...testSource(code), manifest, code, inputs }
}

function randomSource(seed: number): KernelSource {
  let state = seed
  const numbers = Array.from({ length: 300 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 16
  })
  const outputs = [{ name: 'memory', type: 'u8', bytes: MEMORY_BYTES }]
  return testSource(writeModule(randomModule(chooseFrom(numbers))), {
    manifest: { outputs, limits: { fuel: FUEL, timeMs: 10_000, outputBytes: MEMORY_BYTES } },
  })
}

/** What a unit came to, in words that are the same wherever the same instructions ran. */
export async function endOf(kernel: LoadedKernel): Promise<string> {
  const [run] = await kernel.run([1])
  if (run?.kind !== 'done') return run?.failure.code ?? 'no run'
  return `${run.fuel} instructions, ${digestOf(run.output)}`
}

/** What the story of metering calls in the page. */
export const harness = {
  async open(): Promise<Sandbox> {
    return await openSandbox({ url: '/sandbox.html', cpuWorkers: 1, signal: new AbortController().signal })
  },

  /** How a unit of each kernel ends in the sandbox, by the name of the kernel. */
  async ends(sandbox: Sandbox): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const [name, source] of meteredSources()) {
      const kernel = await sandbox.load(source)
      found[name] = await endOf(kernel)
      kernel.close()
    }
    return found
  },
}

Object.assign(globalThis, { harness })
