import { concat } from '../../protocol/bytes.ts'
import { Failure, reason } from '../../protocol/failure.ts'
import type { MeterContext } from './body/meter-body.ts'
import { meterBody } from './body/meter-body.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Signature } from './declaration.ts'
import { readFunctions, readMemory, readTypes, writeTables } from './declaration.ts'
import { findExits } from './exits.ts'
import type { Abi } from './interface.ts'
import { checkExports, readImports } from './interface.ts'
import { ID, joinSections, readSections } from './sections.ts'
import { signed, unsigned, WasmReader } from './wasm-reader.ts'

/** The names under which a metered module shows the fuel that is left (i64) and the memory mark (i32). */
export const FUEL_EXPORT = 'weft:fuel'
export const MARK_EXPORT = 'weft:mark'
/** The name of the function that is to be called first, where a module has one: it was its start function. */
export const START_EXPORT = 'weft:start'

/** What a metered module may use: instructions, memory in pages of 64 KiB, and the imports of an interface, `kernel1` if not said. */
export type MeterLimits = { readonly fuel: number; readonly memoryPages: number; readonly abi?: Abi }

/** What engines take for the body of one function: the limit that the JavaScript interface of WebAssembly names. */
const MAX_FUNCTION_BYTES = 7_654_321
const [I32, I64, MUTABLE, END] = [0x7f, 0x7e, 1, 0x0b]
const [I32_CONST, I64_CONST] = [0x41, 0x42]
const KIND = { function: 0, global: 3 } as const

/**
 * Rewrites a module so that it can run untrusted: only allowed imports, bounded memory and tables, exact fuel by cost model 1
 * (`limits.costModel`): every instruction costs 1, except that `end` and `else` cost nothing; bulk memory operations
 * cost one more for every 8 bytes, bulk table operations one more for every entry. Where charges stand is no part of it.
 * Throws `malformed`, `refused`, `unsupported`, `memory` or `oversized`, naming the cause.
 */
export function meterWasm(code: Uint8Array, limits: MeterLimits): Uint8Array<ArrayBuffer> {
  const { abi = 'kernel1' } = limits
  const sections = readSections(code)
  const open = (id: number): WasmReader => new WasmReader(sections.get(id) ?? Uint8Array.of(0))
  const types = readTypes(open(ID.type))
  const imported = readImports(open(ID.import), types, abi)
  const own = readFunctions(open(ID.function), types)
  const functions = [...imported.map(({ type }) => type), ...own]
  checkExports(open(ID.export), functions, abi)
  const memory = readMemory(open(ID.memory), limits.memoryPages)
  const globals = open(ID.global)
  const globalCount = globals.u32()
  const exits = imported.flatMap(({ isExit }, index) => (isExit ? [index] : []))
  const context = {
    ...{ fuel: globalCount, mark: globalCount + 1, maxPages: memory.max },
    ...(exits.length > 0 && { exits: findExits(open(ID.code), { types, functions, exits }) }),
  }
  const rewritten = new Map<number, Uint8Array>([
    ...sections,
    [ID.memory, Uint8Array.from([1, 1, ...unsigned(memory.min), ...unsigned(memory.max)])],
    [ID.global, writeGlobals(globals, globalCount, limits.fuel)],
    [ID.export, writeExports(open(ID.export), context, sections.get(ID.start))],
    [ID.code, writeCode(open(ID.code), own, context)],
  ])
  rewritten.delete(ID.start)
  if (sections.has(ID.table)) rewritten.set(ID.table, writeTables(open(ID.table)))
  checkValid(code)
  return joinSections(rewritten)
}

function writeGlobals(section: WasmReader, count: number, fuel: number): Uint8Array {
  const own = [I64, MUTABLE, I64_CONST, ...signed(fuel), END, I32, MUTABLE, I32_CONST, 0, END]
  return concat([Uint8Array.from(unsigned(count + 2)), section.rest(), Uint8Array.from(own)])
}

function writeExports(
  section: WasmReader,
  { fuel, mark }: MeterContext,
  start: Uint8Array | undefined,
): Uint8Array {
  const count = section.u32()
  const entry = (name: string, kind: number, index: number): number[] => {
    const text = new TextEncoder().encode(name)
    return [...unsigned(text.length), ...text, kind, ...unsigned(index)]
  }
  const own = [
    entry(FUEL_EXPORT, KIND.global, fuel),
    entry(MARK_EXPORT, KIND.global, mark),
    ...(start === undefined ? [] : [entry(START_EXPORT, KIND.function, new WasmReader(start).u32())]),
  ]
  const more = Uint8Array.from(own.flat())
  return concat([Uint8Array.from(unsigned(count + own.length)), section.rest(), more])
}

function writeCode(section: WasmReader, functions: readonly Signature[], context: MeterContext): Uint8Array {
  const [code, out] = [new ByteWriter(), new ByteWriter()]
  const count = section.u32()
  code.put(unsigned(count))
  for (let index = 0; index < count; index += 1) {
    const type = functions[index]
    if (type === undefined) throw section.wrong('there are more bodies than functions')
    out.clear()
    const body = section.part(section.u32())
    if (body.rest().length > MAX_FUNCTION_BYTES) throw tooLarge(index)
    meterBody(body, type, { context, out })
    if (out.bytes.length > MAX_FUNCTION_BYTES) throw tooLarge(index)
    code.put(unsigned(out.bytes.length))
    code.put(out.bytes)
  }
  return code.bytes
}

function tooLarge(index: number): Failure {
  const most = `engines take ${MAX_FUNCTION_BYTES} bytes, metering included`
  return new Failure('oversized', `The WASM module's own function ${index} is too large: ${most}`)
}

/** The platform's own check of the original: the indexes that metering adds must not be within its reach. */
function checkValid(code: Uint8Array): void {
  if (WebAssembly.validate(new Uint8Array(code))) return
  try {
    new WebAssembly.Module(new Uint8Array(code))
  } catch (cause) {
    throw new Failure('malformed', `The WASM module is not valid: ${reason(cause)}`, { cause })
  }
}
