import { Failure } from '../protocol/failure.ts'
import { isOutOfMemory } from './failure-code.ts'
import { FUEL_EXPORT, MARK_EXPORT, START_EXPORT } from './meter/meter-wasm.ts'

/** Runs what was the start function of a metered module, where it has one: before anything else. */
export function runStart(exports: WebAssembly.Exports): void {
  const start = exports[START_EXPORT]
  if (typeof start === 'function') start()
}

/** The fuel that an instance of a metered module has left; below 0 it has run out. */
export function fuelLeft(exports: WebAssembly.Exports): number {
  return globalValue(exports, FUEL_EXPORT)
}

/** Says why an instance of a metered module failed: what metering noted tells more than the words of the engine. */
export function failureOf(error: unknown, exports: WebAssembly.Exports, fuel: number): Failure {
  if (fuelLeft(exports) < 0) return outOfFuel(fuel)
  if (error instanceof Failure) return error
  const mark = globalValue(exports, MARK_EXPORT)
  const message = error instanceof Error ? error.message : String(error)
  if (mark === 2)
    return new Failure('memory', 'this machine could not give the memory that the kernel may use')
  if (mark === 1)
    return new Failure('memory', `the kernel asked for more memory than its limit and failed: ${message}`)
  if (isOutOfMemory(error))
    return new Failure('memory', `this machine could not give the memory of the kernel: ${message}`)
  return new Failure('trap', `the kernel failed: ${message}`)
}

/** The failure of a unit that used up its instructions. */
export function outOfFuel(fuel: number): Failure {
  return new Failure('fuel', `the unit used up its ${fuel} instructions`)
}

function globalValue(exports: WebAssembly.Exports, name: string): number {
  const found = exports[name]
  return found instanceof WebAssembly.Global ? Number(found.value) : 0
}
