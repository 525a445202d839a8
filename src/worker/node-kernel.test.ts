import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'vite'
import { expect, test } from 'vitest'
import type { UnitRun } from './executor.ts'
import { assemble } from './meter/assemble.ts'
import { loadInNode } from './node-kernel.ts'
import { testSource } from './test-job.ts'

const [LOCAL_GET, I32_CONST, I64_CONST, LOOP, BR, END] = [0x20, 0x41, 0x42, 0x03, 0x0c, 0x0b]
/** The unit, read from the input. */
const UNIT = [LOCAL_GET, 0, 0x28, 2, 0]
const STORE_OUTPUT = [0x36, 2, 0, I64_CONST, 4]
const square = assemble({ run: [I32_CONST, 0, ...UNIT, ...UNIT, 0x6c, ...STORE_OUTPUT] })
/** Squares, but never ends for unit 2, and traps for unit 3. */
const moody = assemble({
  run: [
    ...[...UNIT, I32_CONST, 2, 0x46, 0x04, 0x40, LOOP, 0x40, BR, 0, END, END],
    ...[...UNIT, I32_CONST, 3, 0x46, 0x04, 0x40, 0x00, END],
    ...[I32_CONST, 0, ...UNIT, ...UNIT, 0x6c, ...STORE_OUTPUT],
  ],
})
const signal = new AbortController().signal

function show(runs: readonly UnitRun[]): string[] {
  return runs.map((run) =>
    run.kind === 'failed' ? `${run.unit} ${run.failure.code}` : `${run.unit} = ${run.output.join(' ')}`,
  )
}

test('units run in a thread, with their exact fuel', async () => {
  const kernel = await loadInNode(testSource(square), signal)
  const runs = await kernel.run([3, 0, 999])
  expect(show(runs)).toEqual(['3 = 9 0 0 0', '0 = 0 0 0 0', '999 = 113 58 15 0'])
  expect(runs[0]).toMatchObject({ kind: 'done', fuel: 9 })
  kernel.close()
})

test('an endless loop is fuel and a trap is a trap; the units beside them are done', async () => {
  const kernel = await loadInNode(testSource(moody, { manifest: { limits: { fuel: 1_000_000 } } }), signal)
  expect(show(await kernel.run([1, 2, 3, 4]))).toEqual(['1 = 1 0 0 0', '2 fuel', '3 trap', '4 = 16 0 0 0'])
  kernel.close()
})

test('a unit over its time is ended with its thread, and the next runs in a new one', async () => {
  const limits = { fuel: 1_000_000_000_000, timeMs: 300 }
  const kernel = await loadInNode(testSource(moody, { manifest: { limits } }), signal)
  expect(show([...(await kernel.run([2])), ...(await kernel.run([4]))])).toEqual([
    '2 timeout',
    '4 = 16 0 0 0',
  ])
  kernel.close()
})

test('an abort ends the run at once; the kernel can be used again', async () => {
  const kernel = await loadInNode(
    testSource(moody, { manifest: { limits: { fuel: 1_000_000_000_000 } } }),
    signal,
  )
  const stop = new AbortController()
  const run = kernel.run([2, 4], stop.signal)
  setTimeout(() => stop.abort(), 200)
  expect(show(await run)).toEqual(['2 cancelled', '4 cancelled'])
  expect(show(await kernel.run([5]))).toEqual(['5 = 25 0 0 0'])
  kernel.close()
  expect(show(await kernel.run([5]))).toEqual(['5 cancelled'])
})

test('an output of a wrong size and a unit that is none are failures of that unit', async () => {
  const kernel = await loadInNode(testSource(assemble({ run: [I64_CONST, 8] })), signal)
  expect(show(await kernel.run([1, 1000]))).toEqual(['1 malformed', '1000 malformed'])
  kernel.close()
})

test('what cannot run is refused when it is loaded', async () => {
  const large = testSource(square, { program: { wasm: { abi: 'kernel1', stdin: [], memoryPages: 1 } } })
  await expect(loadInNode({ ...large, code: square.slice(1) }, signal)).rejects.toThrow('code: expected')
  const greedy = testSource(assemble({ run: [0x00], memory: [0, 17] }))
  await expect(loadInNode(greedy, signal)).rejects.toMatchObject({ code: 'memory' })
  await expect(loadInNode({ ...large, executor: 'wgsl' }, signal)).rejects.toMatchObject({
    code: 'unsupported',
  })
})

test('the thread starts from a minified file beside the program, as the build for Node makes them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-node-kernel-'))
  const here = (name: string): string => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)))
  const entry = join(folder, 'entry.ts')
  await writeFile(
    entry,
    `import { loadInNode } from ${here('./node-kernel.ts')}
     import { testSource } from ${here('./test-job.ts')}
     const code = Uint8Array.from([${square.join(',')}])
     const kernel = await loadInNode(testSource(code), new AbortController().signal)
     const [run] = await kernel.run([7])
     console.log(run?.kind === 'done' ? run.output[0] : run)`,
  )
  try {
    const outDir = join(folder, 'dist')
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: {
        ssr: true,
        outDir,
        minify: true,
        target: 'node20',
        rolldownOptions: {
          input: { main: entry, 'node-thread': fileURLToPath(new URL('./node-thread.ts', import.meta.url)) },
        },
      },
    })
    const { stdout } = await promisify(execFile)(process.execPath, [join(outDir, 'main.js')])
    expect(stdout.trim()).toBe('49')
  } finally {
    await rm(folder, { recursive: true })
  }
}, 120_000)
