import { sampleJob } from '../../src/kernels/sample.ts'
import { Failure } from '../../src/protocol/failure.ts'
import { benchmark } from '../../src/worker/benchmark.ts'
import type { Executor, KernelSource, UnitRun } from '../../src/worker/executor.ts'
import { assemble } from '../../src/worker/meter/assemble.ts'
import type { Sandbox, SandboxOptions } from '../../src/worker/sandbox.ts'
import { openSandbox } from '../../src/worker/sandbox.ts'
import type { TestJob } from '../../src/worker/test-job.ts'
import { testSource } from '../../src/worker/test-job.ts'

const [LOCAL_GET, I32_CONST, I64_CONST, LOOP, IF, BR, END, VOID] = [
  0x20, 0x41, 0x42, 0x03, 0x04, 0x0c, 0x0b, 0x40,
]
/** The number of the unit, from the input. */
const unit = [LOCAL_GET, 0, 0x28, 2, 0]
const when = (number: number, body: readonly number[]): number[] => [
  ...[...unit, I32_CONST, number, 0x46, IF, VOID],
  ...[...body, END],
]

/**
 * Squares the number of the unit, but with unit 2 it loops for ever, with 3 it traps, with 4 it asks for memory without end,
 * with 5 it gives 128 bytes, and with 6 it gives 8.
 */
const moodyWasm = assemble({
  run: [
    ...when(2, [LOOP, VOID, BR, 0, END]),
    ...when(3, [0x00]),
    ...when(4, [LOOP, VOID, I32_CONST, 1, 0x40, 0, I32_CONST, 0x7f, 0x47, 0x0d, 0, END, 0x00]),
    ...when(5, [I64_CONST, 0x80, 1, 0x0f]),
    ...when(6, [I64_CONST, 8, 0x0f]),
    ...[I32_CONST, 0, ...unit, ...unit, 0x6c, 0x36, 2, 0, I64_CONST, 4],
  ],
})

/** Counts up to the second number of its input, and squares the first. */
const patientWasm = assemble({
  locals: [[1, 0x7f]],
  run: [
    ...[LOOP, VOID, LOCAL_GET, 2, I32_CONST, 1, 0x6a, 0x22, 2],
    ...[LOCAL_GET, 0, 0x28, 2, 4, 0x49, 0x0d, 0, END],
    ...[I32_CONST, 0, ...unit, ...unit, 0x6c, 0x36, 2, 0, I64_CONST, 4],
  ],
})

/** Gives 50 000 bytes for each number of the unit, and 8: the number, then a word that an earlier unit would have left in the memory. */
const bulkyWasm = assemble({
  memory: [0, 8],
  run: [
    ...[I32_CONST, 0, ...unit, 0x36, 2, 0],
    ...[I32_CONST, 0, I32_CONST, 0, 0x28, 2, 0xa0, 0xc2, 0x1e, 0x36, 2, 4],
    ...[I32_CONST, 0, I32_CONST, 1, 0x36, 2, 0xa0, 0xc2, 0x1e],
    ...[...unit, I32_CONST, 0xd0, 0x86, 0x03, 0x6c, I32_CONST, 8, 0x6a, 0xad],
  ],
})

/** Squares the number of the unit, but with unit 2 it loops for ever. */
const moodyWgsl = `
@group(0) @binding(0) var<storage, read> head: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1)
fn main() {
  while (head[0] == 2u) { out[0] = out[0] + 1u; }
  out[0] = head[0] * head[0];
}`

/** What the stories of the sandbox call in the page: the real client, and kernels to give it. */
export const harness = {
  benchmark,
  moody: (job: TestJob = {}): KernelSource => testSource(moodyWasm, job),
  bulky: (): KernelSource => {
    const outputs = [{ name: 'out', type: 'u32', bytes: '$i * 50000 + 8' }]
    return testSource(bulkyWasm, { manifest: { outputs, limits: { outputBytes: 500_000 } } })
  },
  /** Each unit counts so far before it squares its number. */
  patient: (turns: number, job: TestJob = {}): KernelSource => {
    const wasm = { abi: 'kernel1', stdin: [{ u32: ['$i', turns] }], memoryPages: 16 }
    return testSource(patientWasm, { ...job, program: { wasm } })
  },
  /** Asks for 17 pages where 16 are allowed. */
  greedy: (): KernelSource => testSource(assemble({ run: [0x00], memory: [0, 17] })),
  wgsl: (text: string = moodyWgsl, job: TestJob = {}): KernelSource =>
    testSource(new TextEncoder().encode(text), { ...job, executor: 'wgsl' }),
  moodyWgsl,

  /** The first fractal sample. */
  fractal(executor: Executor): KernelSource {
    const { manifest, blobs } = sampleJob('fractal', 0, { priceWei: '1' })
    const program = manifest.programs.find(({ kind }) => kind === executor)
    const code = program === undefined ? undefined : blobs.get(program.code.cid)
    if (code === undefined) throw new Error(`the fractal has no ${executor} program`)
    const inputs = new Map(
      manifest.inputs.map(({ name, cid }) => [name, blobs.get(cid) ?? new Uint8Array(0)]),
    )
    return { ...harness.moody(), manifest, executor, code, inputs }
  },

  async open(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
    const signal = new AbortController().signal
    return await openSandbox({ url: '/sandbox.html', cpuWorkers: 1, signal, ...options })
  },

  /** Loads a kernel, runs units and shows what became of them. */
  async run(sandbox: Sandbox, source: KernelSource, units: readonly number[]): Promise<string[]> {
    const kernel = await sandbox.load(source)
    const runs = await kernel.run(units)
    kernel.close()
    return harness.show(runs)
  },

  /** Why something fails, as `code: message`. */
  async failure(work: Promise<unknown>): Promise<string> {
    try {
      await work
      return 'it did not fail'
    } catch (error) {
      if (error instanceof Failure) return `${error.code}: ${error.message}`
      throw error
    }
  },

  /** Unit runs in plain text: `3 = 9`, or `3 trap: why`. */
  show: (runs: readonly UnitRun[]): string[] =>
    runs.map((run) =>
      run.kind === 'failed'
        ? `${run.unit} ${run.failure.code}: ${run.failure.message}`
        : `${run.unit} = ${new DataView(run.output.buffer).getUint32(0, true)}`,
    ),
}

Object.assign(globalThis, { harness })
