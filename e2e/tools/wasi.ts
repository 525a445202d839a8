// Runs a program for WASI preview 1 as a unit would, and says what it took:
// npm run wasi -- PROGRAM.wasm [--file /path=FILE]... [-- ARGUMENTS], for example
// npm run wasi -- src/worker/wasi/programs/lua.wasm --file /hello.lua=hello.lua -- /hello.lua 12
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { meterWasm } from '../../src/worker/meter/meter-wasm.ts'
import { runWasi } from '../../src/worker/wasi/run-wasi.ts'

const [FUEL, MEMORY_PAGES, OUTPUT_BYTES] = [100_000_000_000, 4_096, 4_194_304]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { file: { type: 'string', multiple: true, default: [] } },
})
const [program, ...args] = positionals
if (program === undefined)
  throw new Error('usage: npm run wasi -- PROGRAM.wasm [--file /path=FILE]... [-- ARGUMENTS]')
const files = values.file.map((entry) => {
  const [path = '', source = ''] = entry.split('=', 2)
  return { path, content: new Uint8Array(readFileSync(source)) }
})
const limits = { fuel: FUEL, memoryPages: MEMORY_PAGES, abi: 'wasi-preview1' as const }
const module = new WebAssembly.Module(meterWasm(readFileSync(program), limits))
const stdin = process.stdin.isTTY ? new Uint8Array(0) : new Uint8Array(readFileSync(0))
const call = {
  ...{ args: ['program', ...args], env: [], stdin, files },
  ...{ seed: new Uint8Array(20).fill(1), outputBytes: OUTPUT_BYTES },
}
const start = performance.now()
const end = runWasi(module, call, FUEL)
process.stdout.write(end.stdout)
process.stderr.write(end.stderr)
const seconds = ((performance.now() - start) / 1000).toFixed(3)
console.error(`exit code ${end.exitCode}, ${end.fuel} instructions in ${seconds} s`)
process.exitCode = end.exitCode
