import type { SampleJob } from '../../src/kernels/job.ts'
import { matmulGpuJob, matmulJob } from '../../src/kernels/matmul/sample.ts'
import { referenceOf } from '../../src/kernels/reference.ts'
import { inputsOf } from '../../src/kernels/run-kernel.ts'
import { standardJobs } from '../../src/kernels/standard/standard.ts'
import { isEqual } from '../../src/protocol/bytes.ts'
import { sourceOf } from '../../src/worker/admission/measure.ts'
import type { Executor } from '../../src/worker/executor.ts'
import type { Sandbox } from '../../src/worker/sandbox.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'

const signal = new AbortController().signal
/** Few turns, so that the plain loops of a reference are done soon. */
const SHORT: Readonly<Record<string, number>> = { generations: 12, steps: 24, boids: 96 }

/** What the story of the kernels calls in the page. */
export const harness = {
  async open(): Promise<Sandbox> {
    return await openSandbox({ url: '/sandbox.html', cpuWorkers: 1, signal })
  },

  /** What differs between WGSL (of each variant), WASM and the plain reference for two units of a job; nothing when all is well. */
  async compare(sandbox: Sandbox, name: keyof typeof standardJobs): Promise<string[]> {
    const job = shorten(standardJobs[name](1, { priceWei: '1' }))
    const reference = referenceOf(job.manifest, inputsOf(job.manifest, job.blobs))
    const units = [0, 3]
    const expected = units.map(reference)
    const found: string[] = []
    for (const program of job.manifest.programs) {
      const one = { ...job, manifest: { ...job.manifest, programs: [program] } }
      const outputs = await run(sandbox, { job: one, executor: program.kind, units })
      for (const [index, output] of outputs.entries()) {
        const wanted = expected[index]
        const place = `${program.kind} ${program.kind === 'wgsl' ? program.variant : ''}, unit ${units[index]}`
        if (typeof output === 'string') found.push(`${place}: ${output}`)
        else if (wanted === undefined || !isEqual(output, wanted)) found.push(`${place}: other bytes`)
      }
    }
    return found
  },

  /** How far a product of real numbers by a way of the GPU is from that of WASM, by the size of the sums: the most of all numbers. */
  async distance(sandbox: Sandbox, side: number, variant: 'registers' | 'tiles'): Promise<number> {
    const options = { side, priceWei: '1' }
    const products: Float32Array[] = []
    for (const [executor, job] of [
      ['wasm', matmulJob(options)],
      ['wgsl', matmulGpuJob(options, variant)],
    ] as const) {
      const [output] = await run(sandbox, { job, executor, units: [0] })
      if (output === undefined || typeof output === 'string') throw new Error(output)
      products.push(new Float32Array(output.buffer))
    }
    const [wasm = new Float32Array(0), wgsl = new Float32Array(0)] = products
    if (wasm.length !== side * side || wgsl.length !== wasm.length) throw new Error('products of other sizes')
    return wasm.reduce((most, number, at) => Math.max(most, Math.abs(number - (wgsl[at] ?? Number.NaN))), 0)
  },
}

Object.assign(globalThis, { harness })

/** The output of each unit, or why there is none. */
async function run(
  sandbox: Sandbox,
  { job, executor, units }: { job: SampleJob; executor: Executor; units: readonly number[] },
): Promise<(Uint8Array<ArrayBuffer> | string)[]> {
  const kernel = await sandbox.load(sourceOf(job, executor))
  const runs = await kernel.run(units)
  kernel.close()
  return runs.map((entry) => (entry.kind === 'done' ? entry.output : entry.failure.message))
}

function shorten({ manifest, blobs }: SampleJob): SampleJob {
  const params = manifest.params.map((param) => ({ ...param, value: SHORT[param.name] ?? param.value }))
  return { manifest: { ...manifest, params }, blobs }
}
