import { Failure } from '../protocol/failure.ts'
import { failureOf, fuelLeft, outOfFuel, runStart } from './instance.ts'
import { MEMORY_IMPORT } from './meter/import-memory.ts'
import type { UnitMemory } from './unit-memory.ts'

/**
 * One unit for a metered module: its input, in one piece or in several that follow each other. `fuel` is what it was metered with,
 * `memories` where the memory comes from, for a module that imports it.
 */
export type Kernel1Call = {
  readonly module: WebAssembly.Module
  readonly input: Uint8Array | readonly Uint8Array[]
  readonly outputBytes: number
  readonly fuel: number
  readonly memories?: UnitMemory
}

/** What a unit came to: its bytes, and the instructions that it took. */
export type UnitEnd = { readonly output: Uint8Array<ArrayBuffer>; readonly fuel: number }

/**
 * Runs one unit of a `kernel1` module in an instance of its own, so that the output and the fuel depend on the unit alone.
 * Throws `fuel`, `memory`, `oversized` or `trap`.
 */
export function runKernel1({ module, input, outputBytes, fuel, memories }: Kernel1Call): UnitEnd {
  let exports: WebAssembly.Exports = {}
  try {
    const given = memories?.take()
    const host = given === undefined ? {} : { [MEMORY_IMPORT.name]: given }
    exports = new WebAssembly.Instance(module, { env: { abort }, [MEMORY_IMPORT.module]: host }).exports
    runStart(exports)
    const { memory, alloc, run } = exports as Kernel1Exports
    const pieces = input instanceof Uint8Array ? [input] : input
    const size = pieces.reduce((sum, { length }) => sum + length, 0)
    const pointer = alloc(size) >>> 0
    if (pointer + size > memory.buffer.byteLength)
      throw new Failure('trap', `alloc(${size}) gave address ${pointer}, outside the memory`)
    place(pieces, new Uint8Array(memory.buffer, pointer, size))
    const packed = run(pointer, size)
    const start = Number(BigInt.asUintN(32, packed >> 32n))
    const length = Number(BigInt.asUintN(32, packed))
    const left = fuelLeft(exports)
    if (left < 0) throw outOfFuel(fuel)
    if (length > outputBytes)
      throw new Failure('oversized', `the output has ${length} bytes, more than the limit of ${outputBytes}`)
    if (start + length > memory.buffer.byteLength)
      throw new Failure('trap', `run gave an output at ${start} of ${length} bytes, outside the memory`)
    const output = new Uint8Array(memory.buffer.slice(start, start + length))
    if (given !== undefined) memories?.giveBack(given, size + length)
    return { output, fuel: fuel - left }
  } catch (error) {
    throw failureOf(error, exports, fuel)
  }
}

/** Metering has checked that they are there, with these types. */
type Kernel1Exports = {
  memory: WebAssembly.Memory
  alloc(size: number): number
  run(pointer: number, size: number): bigint
}

function place(pieces: readonly Uint8Array[], target: Uint8Array): void {
  let at = 0
  for (const piece of pieces) {
    target.set(piece, at)
    at += piece.length
  }
}

function abort(): never {
  throw new Error('the kernel called abort')
}
