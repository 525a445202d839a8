// Runs the public test suite of WASI (github.com/WebAssembly/wasi-testsuite, branch prod/testsuite-base), as far as it is for preview 1:
// npm run wasi-testsuite -- DIR
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { reason } from '../../src/protocol/failure.ts'
import { meterWasm } from '../../src/worker/meter/meter-wasm.ts'
import type { WasiFile } from '../../src/worker/wasi/host.ts'
import { runWasi } from '../../src/worker/wasi/run-wasi.ts'

type Spec = {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly root?: string
  readonly exit_code?: number
  readonly stdout?: string
  readonly stderr?: string
}

const FUEL = 10_000_000_000
/** Cases that ask for what units have not, and why they have not. */
const apart: Readonly<Record<string, string>> = {
  'sock_shutdown-invalid_fd': 'sockets are refused when the program is uploaded',
  'sock_shutdown-not_sock': 'sockets are refused when the program is uploaded',
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: npm run wasi-testsuite -- DIR')
const counts = { passed: 0, failed: 0, 'does not apply': 0 }
for (const path of modulesIn(folder)) {
  const name = basename(path, '.wasm')
  const why = apart[name] ?? runCase(path)
  const verdict = why === undefined ? 'passed' : name in apart ? 'does not apply' : 'failed'
  counts[verdict] += 1
  console.log([verdict, relative(folder, path), why].filter((part) => part !== undefined).join(': '))
}
console.log(
  Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', '),
)
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1

/** Runs one case and says what was wrong, if anything was. */
function runCase(path: string): string | undefined {
  const base = path.slice(0, -'.wasm'.length)
  const spec: Spec = existsSync(`${base}.json`) ? JSON.parse(readFileSync(`${base}.json`, 'utf8')) : {}
  const { args = [], env = {}, root, exit_code: exitCode = 0, stdout } = spec
  const call = {
    args: [basename(path), ...args],
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    stdin: new Uint8Array(0),
    files: root === undefined ? [] : filesIn(join(dirname(path), root)),
    seed: new Uint8Array(32).fill(1),
    outputBytes: 1_048_576,
  }
  try {
    const limits = { fuel: FUEL, memoryPages: 1_024, abi: 'wasi-preview1' as const }
    const module = new WebAssembly.Module(meterWasm(readFileSync(path), limits))
    const end = runWasi(module, call, FUEL)
    const written = new TextDecoder().decode(end.stdout)
    if (end.exitCode !== exitCode) return `it ended with exit code ${end.exitCode}: ${end.stderr.trim()}`
    if (stdout !== undefined && written !== stdout) return `it wrote ${JSON.stringify(written)}`
    return undefined
  } catch (error) {
    return reason(error)
  }
}

function modulesIn(where: string): string[] {
  return readdirSync(where, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.wasm') && dirname(path).endsWith('wasip1'))
    .map((path) => join(where, path))
    .sort()
}

function filesIn(where: string): WasiFile[] {
  return readdirSync(where, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const content = new Uint8Array(readFileSync(path))
      return { path: `/${relative(where, path).split(sep).join('/')}`, content }
    })
}
