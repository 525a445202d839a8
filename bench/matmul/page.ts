import type { SampleJob } from '../../src/kernels/job.ts'
import { matmulGpuJob, matmulJob } from '../../src/kernels/matmul/sample.ts'
import { inputsOf } from '../../src/kernels/run-kernel.ts'
import { reals } from '../../src/kernels/standard/numbers.ts'
import { readAddress } from '../../src/protocol/address.ts'
import type { KernelSource, LoadedKernel } from '../../src/worker/executor.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'
import type { BareTask } from './bare-worker.ts'
import { openOnnx } from './onnx-side.ts'
import { openTensorflow } from './tensorflow-side.ts'

/** One way to multiply the same matrices `count` times, one after the other. Gives the last product. */
export type Side = (count: number) => Promise<Float32Array>
type Name = 'platform' | 'bare' | 'onnx-wasm' | 'onnx-webgpu' | 'tensorflow'

const sides = new Map<string, Side>()
/** A few numbers of the product, worked out in doubles. */
let checks: readonly { readonly at: number; readonly sum: number; readonly size: number }[] = []
const OWNER = readAddress(`0x${'11'.repeat(20)}`, 'owner')
const TOLERANCE = 1e-4

/** What the driver calls in the page. */
const page = {
  /** Opens the sides that are asked for and multiplies once with each. Gives the milliseconds of that first product. */
  async open(names: readonly Name[], side: number, units: number): Promise<Record<string, number>> {
    checks = checksOf(side)
    const entries: [string, number][] = []
    for (const name of names) {
      sides.set(name, await openers[name](side, units))
      entries.push([name, await page.run(name, 1)])
    }
    return Object.fromEntries(entries)
  },

  /** Multiplies `count` times. Gives the milliseconds. Throws when the product is wrong. */
  async run(name: string, count: number): Promise<number> {
    const side = sides.get(name)
    if (side === undefined) throw new Error(`${name} is not open`)
    const start = performance.now()
    const product = await side(count)
    const elapsed = performance.now() - start
    for (const { at, sum, size } of checks)
      if (!(Math.abs((product[at] ?? Number.NaN) - sum) <= TOLERANCE * size))
        throw new Error(`${name}: number ${at} is ${product[at]}, it should be ${sum}`)
    return elapsed
  },
}

/** What the driver calls in the page. */
export type MatmulPage = typeof page

Object.assign(window, { matmul: page })

const openers: Record<Name, (side: number, units: number) => Promise<Side>> = {
  platform: async (side, units) => {
    const isWasm = location.hash === '#wasm'
    const options = { side, units, priceWei: '1' }
    const job = isWasm ? matmulJob(options) : matmulGpuJob(options, 'registers')
    return platformSide(await load(job))
  },
  bare: async (side) => bareSide(matmulJob({ side, priceWei: '1' })),
  'onnx-wasm': async (side) => await openOnnx('wasm', side, matrices(side)),
  'onnx-webgpu': async (side) => await openOnnx('webgpu', side, matrices(side)),
  tensorflow: async (side) => await openTensorflow(side, matrices(side)),
}

function matrices(side: number): readonly [Float32Array, Float32Array] {
  return [reals(side * side, 1), reals(side * side, 2)]
}

async function load(job: SampleJob): Promise<LoadedKernel> {
  const { manifest, blobs } = job
  const [program] = manifest.programs
  const code = program === undefined ? undefined : blobs.get(program.code.cid)
  if (program === undefined || code === undefined) throw new Error('the job has no code')
  const signal = new AbortController().signal
  const sandbox = await openSandbox({ url: '/sandbox.html', container: document.body, cpuWorkers: 1, signal })
  const source: KernelSource = {
    owner: OWNER,
    manifest,
    executor: program.kind,
    code,
    inputs: inputsOf(manifest, blobs),
  }
  return await sandbox.load(source)
}

function platformSide(kernel: LoadedKernel): Side {
  return async (count) => {
    const runs = await kernel.run(Array.from({ length: count }, (_, unit) => unit))
    const last = runs.at(-1)
    if (last?.kind !== 'done') throw last?.failure ?? new Error('nothing was run')
    return new Float32Array(last.output.buffer)
  }
}

/** The same metered module in a worker of the page, without the platform around it. */
function bareSide({ manifest, blobs }: SampleJob): Side {
  const worker = new Worker(new URL('./bare-worker.ts', import.meta.url), { type: 'module' })
  const program = manifest.programs.find((entry) => entry.kind === 'wasm')
  const code = program === undefined ? undefined : blobs.get(program.code.cid)
  if (program?.kind !== 'wasm' || code === undefined) throw new Error('the job has no module')
  const task: BareTask = {
    code: new Uint8Array(code),
    fuel: manifest.limits.fuel,
    memoryPages: program.wasm.memoryPages,
    inputs: [...inputsOf(manifest, blobs).values()],
  }
  worker.postMessage(task)
  return async (count) =>
    await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => resolve(new Float32Array(data))
      worker.onerror = ({ message }) => reject(new Error(message))
      worker.postMessage(count)
    })
}

function checksOf(side: number): typeof checks {
  const [a, b] = matrices(side)
  return [0, side + 1, side * side - 1].map((at) => {
    const [row, column] = [Math.floor(at / side), at % side]
    let [sum, size] = [0, 0]
    for (let k = 0; k < side; k += 1) {
      const product = (a[row * side + k] ?? 0) * (b[k * side + column] ?? 0)
      sum += product
      size += Math.abs(product)
    }
    return { at, sum, size }
  })
}
