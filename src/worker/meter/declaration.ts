import { Failure } from '../../protocol/failure.ts'
import { unsupported } from './instruction.ts'
import type { WasmReader } from './wasm-reader.ts'
import { unsigned } from './wasm-reader.ts'

/** The types of a function's parameters and results, written like `i32 i32 -> i64`. */
export type Signature = {
  readonly text: string
  readonly paramCount: number
  /** The byte for a block with the same results; undefined when there are several. */
  readonly blockType: number | undefined
}

const FUNCTION_TYPE = 0x60
const EMPTY_TYPE = 0x40
const MAX_TABLE_ENTRIES = 65_536
const valueTypes = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x7b, 'v128'],
  [0x70, 'funcref'],
  [0x6f, 'externref'],
])

/** Reads the type section. Throws `unsupported` for types of later versions. */
export function readTypes(section: WasmReader): Signature[] {
  return section.list(() => {
    if (section.byte() !== FUNCTION_TYPE) throw unsupported('garbage-collected types')
    const params = section.list(() => readValueType(section))
    const results = section.list(() => readValueType(section))
    const text = `${params.map(nameOf).join(' ')} -> ${results.map(nameOf).join(' ')}`
    const blockType = results.length > 1 ? undefined : (results[0] ?? EMPTY_TYPE)
    return { text, paramCount: params.length, blockType }
  })
}

/** Reads the function section: the type of each function of the module. */
export function readFunctions(section: WasmReader, types: readonly Signature[]): Signature[] {
  return section.list(() => {
    const type = types[section.u32()]
    if (type === undefined) throw section.wrong('a function has an unknown type')
    return type
  })
}

/** Reads the one memory and lowers its maximum to `maxPages`. Throws `memory` when it asks for more at the start. */
export function readMemory(section: WasmReader, maxPages: number): { min: number; max: number } {
  const [limits, ...more] = section.list(() => readLimits(section, 'memory'))
  if (more.length > 0) throw unsupported('several memories')
  if (limits === undefined)
    throw new Failure('refused', 'The WASM module has no memory; a kernel exports one as "memory"')
  if (limits.min > maxPages) {
    const asked = `${limits.min} pages of 64 KiB at the start`
    throw new Failure('memory', `The WASM module asks for ${asked}; memoryPages allows ${maxPages}`)
  }
  return { min: limits.min, max: Math.min(limits.max, maxPages) }
}

/** Reads the tables and writes them with a bounded maximum. Throws `memory` for one that starts too large. */
export function writeTables(section: WasmReader): Uint8Array {
  const tables = section.list(() => {
    const type = section.byte()
    if (type !== 0x70 && type !== 0x6f) throw unsupported('typed tables')
    const { min, max } = readLimits(section, 'table')
    if (min > MAX_TABLE_ENTRIES)
      throw new Failure(
        'memory',
        `The WASM module has a table of ${min} entries; at most ${MAX_TABLE_ENTRIES} are allowed`,
      )
    return [type, 1, ...unsigned(min), ...unsigned(Math.min(max, MAX_TABLE_ENTRIES))]
  })
  if (tables.length > 16)
    throw new Failure('memory', `The WASM module has ${tables.length} tables; at most 16 are allowed`)
  return Uint8Array.from([...unsigned(tables.length), ...tables.flat()])
}

function readLimits(section: WasmReader, what: string): { min: number; max: number } {
  const flags = section.byte()
  if ((flags & 2) !== 0) throw unsupported(`threads (a shared ${what})`)
  if (flags > 1) throw unsupported(`a ${what} with 64-bit indexes or its own page size`)
  const min = section.u32()
  return { min, max: flags === 1 ? section.u32() : Number.POSITIVE_INFINITY }
}

function readValueType(section: WasmReader): number {
  const type = section.byte()
  if (!valueTypes.has(type)) throw unsupported('reference types of later versions')
  return type
}

function nameOf(type: number): string {
  return valueTypes.get(type) ?? ''
}
