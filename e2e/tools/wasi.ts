// Runs a program for WASI preview 1 as a unit would, and says what it took: npm run wasi -- --help
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { reason } from '../../src/protocol/failure.ts'
import { meterWasm } from '../../src/worker/meter/meter-wasm.ts'
import { checkFits } from '../../src/worker/unit.ts'
import { runWasi } from '../../src/worker/wasi/run-wasi.ts'
import { MAX_FILE_BYTES } from '../../src/worker/wasi/tree.ts'

const USAGE = `Runs a program for WASI preview 1 as a unit would, and says what it took.

npm run wasi -- PROGRAM.wasm [OPTIONS] [-- ARGUMENTS]
npm run wasi -- src/worker/wasi/programs/lua.wasm --file /hello.lua=hello.lua -- /hello.lua 12

  --file /PATH=FILE    a file that it finds; may be given several times
  --env NAME=VALUE     a variable; may be given several times
  --stdin FILE         its standard input; "-" is the one of this command; empty without it
  --fuel N             limits.fuel, the most instructions (10 000 000 000)
  --memory-pages N     wasm.memoryPages, the most memory in pages of 64 KiB (256)
  --output-bytes N     limits.outputBytes, the most output in bytes (1 048 576)

The numbers in brackets are those of a manifest that does not say. The standard output is that of the program.`

const text = { type: 'string' } as const
const texts = { ...text, multiple: true } as const
const options = {
  help: { type: 'boolean', short: 'h' },
  file: texts,
  env: texts,
  stdin: text,
  fuel: { ...text, default: '10_000_000_000' },
  'memory-pages': { ...text, default: '256' },
  'output-bytes': { ...text, default: '1_048_576' },
} as const

try {
  run()
} catch (error) {
  console.error(reason(error))
  process.exitCode = 1
}

function run(): void {
  const { values, positionals } = parseArgs({ allowPositionals: true, options })
  const [program, ...args] = positionals
  if (values.help === true || program === undefined) {
    console.log(USAGE)
    if (values.help !== true) process.exitCode = 1
    return
  }
  const read = (path: string): Uint8Array<ArrayBuffer> =>
    new Uint8Array(readFileSync(path === '-' ? 0 : path))
  const files = (values.file ?? []).map((entry) => {
    const at = entry.indexOf('=')
    if (at < 0 || !entry.startsWith('/')) throw new Error(`--file: expected /PATH=FILE, found "${entry}"`)
    return { path: entry.slice(0, at), content: read(entry.slice(at + 1)) }
  })
  const stdin = values.stdin === undefined ? new Uint8Array(0) : read(values.stdin)
  checkFits([stdin, ...files.map(({ content }) => content)], MAX_FILE_BYTES, 'stdin and files')
  const fuel = readCount(values.fuel, '--fuel')
  const memoryPages = readCount(values['memory-pages'], '--memory-pages')
  const outputBytes = readCount(values['output-bytes'], '--output-bytes')
  const module = new WebAssembly.Module(meterWasm(read(program), { fuel, memoryPages, abi: 'wasi-preview1' }))
  const seed = new Uint8Array(20).fill(1)
  const call = { args: ['program', ...args], env: values.env ?? [], stdin, files, seed, outputBytes }
  const start = performance.now()
  const end = runWasi(module, call, fuel)
  const seconds = ((performance.now() - start) / 1000).toFixed(3)
  process.stdout.write(end.stdout)
  process.stderr.write(end.stderr)
  console.error(`exit code ${end.exitCode}, ${end.fuel} instructions in ${seconds} s`)
  process.exitCode = end.exitCode
}

function readCount(text: string, option: string): number {
  const count = Number(text.replaceAll('_', ''))
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`${option}: expected a whole number from 1 on, found "${text}"`)
  return count
}
