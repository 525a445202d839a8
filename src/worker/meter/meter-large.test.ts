import { expect, test } from 'vitest'
import { concat } from '../../protocol/bytes.ts'
import { Failure } from '../../protocol/failure.ts'
import { runKernel1 } from '../kernel1.ts'
import { text } from './assemble.ts'
import { meterWasm } from './meter-wasm.ts'
import { unsigned } from './wasm-reader.ts'

const [LOCAL_GET, I32_CONST, I32_ADD, DROP, IF, END, VOID] = [0x20, 0x41, 0x6a, 0x1a, 0x04, 0x0b, 0x40]
/** Seven instructions in 11 bytes, of which the last two are under a condition that never holds. */
const STATEMENT = [LOCAL_GET, 0, I32_CONST, 1, I32_ADD, DROP, I32_CONST, 0, IF, VOID, END]

/** Two instructions in 19 bytes: a constant of 128 bits, which is dropped. */
const LONG = [0xfd, 12, ...Array.from({ length: 16 }, () => 1), DROP]
/** Seconds of work, on a machine that may have other work. */
const LARGE_MS = 120_000

/** A `kernel1` module in which `run` is followed by `count` functions of so many statements; `run` calls the last one. */
function largeModule(count: number, statements: number, code = STATEMENT): Uint8Array<ArrayBuffer> {
  const statement = Uint8Array.from(code)
  const filler = new Uint8Array(statements * statement.length)
  for (let place = 0; place < filler.length; place += statement.length) filler.set(statement, place)
  const body = (content: Uint8Array): Uint8Array =>
    concat([Uint8Array.from([...unsigned(content.length + 2), 0]), content, Uint8Array.of(END)])
  const last = body(concat([filler, Uint8Array.of(LOCAL_GET, 0)]))
  const run = [LOCAL_GET, 0, 0x10, ...unsigned(count + 1), DROP, 0x42, 4]
  const small = [body(Uint8Array.of(I32_CONST, 0)), body(Uint8Array.from(run))]
  const exports = [...text('memory'), 2, 0, ...text('alloc'), 0, 0, ...text('run'), 0, 1]
  const section = (id: number, parts: readonly Uint8Array[]): Uint8Array => {
    const content = concat(parts)
    return concat([Uint8Array.from([id, ...unsigned(content.length)]), content])
  }
  return concat([
    Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    section(1, [Uint8Array.from([2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7e])]),
    section(3, [Uint8Array.from([...unsigned(count + 2), 0, 1]), new Uint8Array(count)]),
    section(5, [Uint8Array.of(1, 0, 1)]),
    section(7, [Uint8Array.from([3, ...exports])]),
    section(10, [
      Uint8Array.from(unsigned(count + 2)),
      ...small,
      ...Array.from({ length: count }, () => last),
    ]),
  ])
}

const limits = { fuel: 1_000_000, memoryPages: 1 }

test('a module of a megabyte is metered as exactly as a small one', () => {
  const [count, statements] = [16, 6_000]
  const code = largeModule(count, statements)
  expect(code.length).toBeGreaterThan(1_000_000)
  const module = new WebAssembly.Module(meterWasm(code, limits))
  const { fuel } = runKernel1({ module, input: new Uint8Array(4), fuel: limits.fuel, outputBytes: 4 })
  expect(fuel).toBe(1 + 4 + 6 * statements + 1)
})

test(
  'a module of nearly 64 MiB, as large as there can be, is metered, compiles and runs',
  () => {
    const [count, statements] = [13, 265_000]
    const code = largeModule(count, statements, LONG)
    expect(code.length).toBeGreaterThan(62 * 2 ** 20)
    expect(code.length).toBeLessThan(64 * 2 ** 20)
    const module = new WebAssembly.Module(meterWasm(code, limits))
    const { fuel } = runKernel1({ module, input: new Uint8Array(4), fuel: limits.fuel, outputBytes: 4 })
    expect(fuel).toBe(1 + 4 + 2 * statements + 1)
  },
  LARGE_MS,
)

test('a function that is too large for engines is refused, by number', () => {
  const refuse = (statements: number): unknown => {
    try {
      return meterWasm(largeModule(1, statements), limits)
    } catch (error) {
      return error instanceof Failure ? `${error.code}: ${error.message}` : error
    }
  }
  expect(refuse(700_000)).toContain("oversized: The WASM module's own function 2 is too large")
})
