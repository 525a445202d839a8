import { WASIProcExit } from '@bjorn3/browser_wasi_shim'
import { Failure } from '../../protocol/failure.ts'
import { failureOf, fuelLeft, outOfFuel, runStart } from '../instance.ts'
import { functionsOf } from './functions.ts'
import type { WasiCall } from './host.ts'
import { Host } from './host.ts'
import { WASI_MODULE } from './imports.ts'

/** How a program ended: its exit code, what it wrote, and the instructions that it took. */
export type WasiEnd = {
  readonly exitCode: number
  readonly stdout: Uint8Array<ArrayBuffer>
  readonly stderr: string
  readonly fuel: number
  /** The bytes of a file that it left, if it did. */
  file(path: string): Uint8Array<ArrayBuffer> | undefined
}

/**
 * Runs a metered program for WASI preview 1 in an instance and a world of its own, so that all it does depends on `call` alone.
 * `fuel` is what it was metered with. Throws `fuel`, `memory`, `oversized` or `trap`; a trap comes with the first lines of its standard error.
 */
export function runWasi(module: WebAssembly.Module, call: WasiCall, fuel: number): WasiEnd {
  const host = new Host(call)
  let exports: WebAssembly.Exports = {}
  let exitCode = 0
  try {
    const instance = new WebAssembly.Instance(module, { [WASI_MODULE]: functionsOf(host), env: { abort } })
    exports = instance.exports
    host.attach(instance)
    runStart(exports)
    exitCode = start(exports)
  } catch (error) {
    if (!(error instanceof WASIProcExit)) throw withWords(failureOf(error, exports, fuel), host)
    exitCode = error.code
  }
  const left = fuelLeft(exports)
  if (left < 0) throw outOfFuel(fuel)
  return {
    exitCode: exitCode >>> 0,
    stdout: host.stdout.content,
    stderr: stderrOf(host),
    fuel: fuel - left,
    file: (path) => host.file(path),
  }
}

/** A panic of Rust and an assertion of C say what went wrong, and then trap. */
function withWords(failure: Failure, host: Host): Failure {
  if (failure.code !== 'trap') return failure
  return new Failure('trap', `${failure.message}${said(stderrOf(host))}`, { cause: failure })
}

function stderrOf(host: Host): string {
  return new TextDecoder().decode(host.stderr.content)
}

/** The first lines of what a program wrote to its standard error, behind a colon. */
export function said(stderr: string): string {
  const lines = stderr.trim().split('\n').slice(0, 5).join('\n').slice(0, 500)
  return lines === '' ? '' : `: ${lines}`
}

/** Metering has checked that a program has `_start`, or else `run`, whose result is the exit code. */
function start(exports: WebAssembly.Exports): number {
  const { _start: command, _initialize: initialize, run } = exports
  if (typeof command === 'function') {
    command()
    return 0
  }
  if (typeof initialize === 'function') initialize()
  return Number(typeof run === 'function' ? (run() ?? 0) : 0)
}

function abort(): never {
  throw new Error('the program called abort')
}
